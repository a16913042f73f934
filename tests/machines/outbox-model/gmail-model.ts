import { UpstreamError } from '../../../server/errors.ts'
import type { MailSender, ReplyToCompose } from '../../../server/ports.ts'

/** How this Gmail treats what it sends. */
export interface GmailHabits {
  /** How long a sent mail stays out of the view of its thread. */
  readonly lagMs: number
  readonly keepsMessageId: boolean
  /** Whether our own header survives sending. */
  readonly keepsHeader: boolean
}

interface SentMail {
  readonly gmailId: string
  readonly messageId: string
  readonly outboxId: string | null
  readonly sentAt: number
}

/** One thread of a Gmail mailbox, as far as sending sees it. A draft is gone once it is sent. */
export class GmailModel implements MailSender {
  readonly sent: SentMail[] = []
  readonly drafts = new Map<string, ReplyToCompose>()
  private readonly habits: GmailHabits
  private readonly now: () => Date
  private lastId = 0

  constructor(habits: GmailHabits, now: () => Date) {
    this.habits = habits
    this.now = now
  }

  async createDraft(_mailbox: unknown, { raw }: { raw: Buffer }): Promise<string> {
    const id = this.newId('draft')
    this.drafts.set(id, JSON.parse(raw.toString()) as ReplyToCompose)
    return id
  }

  async hasDraft(_mailbox: unknown, gmailDraftId: string): Promise<boolean> {
    return this.drafts.has(gmailDraftId)
  }

  async sendDraft(_mailbox: unknown, gmailDraftId: string): Promise<{ gmailId: string }> {
    const mail = this.drafts.get(gmailDraftId)
    if (!mail) throw new UpstreamError('gmail', 'not_found', 'there is no such draft')
    this.drafts.delete(gmailDraftId)
    return this.deliver(mail)
  }

  async findSent(_mailbox: unknown, { outboxId }: { outboxId: string }): Promise<{ gmailId: string } | null> {
    const visible = this.sent.filter(({ sentAt }) => this.now().getTime() - sentAt >= this.habits.lagMs)
    return visible.find((mail) => mail.outboxId === outboxId) ?? null
  }

  async deleteDraft(_mailbox: unknown, gmailDraftId: string): Promise<void> {
    this.drafts.delete(gmailDraftId)
  }

  /** A mail leaves. The product has no way to do this without a draft; a wrong protocol has. */
  deliver(mail: ReplyToCompose): { gmailId: string } {
    const gmailId = this.newId('message')
    const messageId = this.habits.keepsMessageId ? `<${mail.outboxId}@studio.example>` : `<${gmailId}@mail.gmail.com>`
    const outboxId = this.habits.keepsHeader ? mail.outboxId : null
    this.sent.push({ gmailId, messageId, outboxId, sentAt: this.now().getTime() })
    return { gmailId }
  }

  private newId(kind: string): string {
    this.lastId += 1
    return `${kind}-${this.lastId}`
  }
}
