import { AsyncLocalStorage } from 'node:async_hooks'
import { UpstreamError } from '../../../server/errors.ts'
import type { ReplyLikeness, ReplyToCompose, StoredGmailDraft } from '../../../server/mail/fields.ts'
import type { MailboxRef, MailSender } from '../../../server/ports.ts'
import type { GmailDraft, SentMail, World } from './world.ts'

/** What a dispatch asks of Gmail. */
export type Sender = Omit<MailSender, 'listGmailDrafts'>

/** How this Gmail treats what it sends. */
export interface GmailHabits {
  /** How long a sent mail stays out of the view of its thread. */
  readonly lagMs: number
  readonly keepsMessageId: boolean
  /** Whether our own header survives sending. */
  readonly keepsHeader: boolean
}

/** Whether a draft was altered when a worker read it last, by the draft. */
const readings = new AsyncLocalStorage<Map<string, boolean>>()

/** All calls in it are those of one worker, wherever it hangs meanwhile. */
export function asOneWorker<T>(work: () => Promise<T>): Promise<T> {
  return readings.run(new Map(), work)
}

/** One thread of a Gmail mailbox, as far as sending sees it. A draft is gone once it is sent. */
export class GmailModel implements Sender {
  private readonly habits: GmailHabits
  private readonly world: World

  constructor(habits: GmailHabits, world: World) {
    this.habits = habits
    this.world = world
  }

  async createGmailDraft(_mailbox: MailboxRef, { threadId, raw }: { threadId: string; raw: Buffer }): Promise<string> {
    const mail = JSON.parse(raw.toString()) as ReplyToCompose
    const id = this.newId('draft')
    this.world.gmail.drafts.set(id, { threadId, mail, header: mail.outboxId, isAltered: false })
    return id
  }

  async readGmailDraft(_mailbox: MailboxRef, gmailDraftId: string): Promise<StoredGmailDraft | null> {
    const draft = this.world.gmail.drafts.get(gmailDraftId)
    if (!draft) return null
    const { threadId, mail, header, isAltered } = draft
    readings.getStore()?.set(gmailDraftId, isAltered)
    return { threadId, isAlone: false, raw: Buffer.from(JSON.stringify({ ...mail, outboxId: header })) }
  }

  async sendGmailDraft(_mailbox: MailboxRef, gmailDraftId: string): Promise<{ gmailId: string }> {
    const { drafts } = this.world.gmail
    const draft = drafts.get(gmailDraftId)
    if (!draft) throw new UpstreamError('gmail', 'not_found', 'there is no such draft')
    drafts.delete(gmailDraftId)
    return this.deliver(draft, draft.isAltered && readings.getStore()?.get(gmailDraftId) !== false)
  }

  /** By our header; else, among mails without one, by likeness. */
  async findSent(
    _mailbox: MailboxRef,
    { outboxId, likeness }: { outboxId: string; likeness?: ReplyLikeness | undefined },
  ): Promise<{ gmailId: string } | null> {
    const { gmail, now } = this.world
    const visible = gmail.sent.filter(({ sentAt }) => now - sentAt >= this.habits.lagMs)
    const isLike = ({ header, mail, sentAt }: SentMail) =>
      header === null &&
      mail.inReplyTo === likeness?.inReplyTo &&
      sentAt >= likeness.sentAfter.getTime() &&
      likeness.hasText(mail.text)
    return visible.find(({ header }) => header === outboxId) ?? visible.find(isLike) ?? null
  }

  async deleteGmailDraft(_mailbox: MailboxRef, gmailDraftId: string): Promise<void> {
    const { gmail } = this.world
    if (gmail.drafts.delete(gmailDraftId)) gmail.writes += 1
  }

  /** A mail leaves. The product has no way to do this without a draft; a wrong protocol has. */
  deliver(draft: GmailDraft, wasUnapproved = false): { gmailId: string } {
    const { mail, header } = draft
    const { keepsHeader, keepsMessageId } = this.habits
    const gmailId = this.newId('message')
    const messageId = keepsMessageId ? `<${mail.outboxId}@studio.example>` : `<${gmailId}@mail.gmail.com>`
    const sentAt = this.world.now
    const sent = { ...draft, gmailId, messageId, header: keepsHeader ? header : null, sentAt, wasUnapproved }
    this.world.gmail.sent.push(sent)
    return { gmailId }
  }

  private newId(kind: string): string {
    const { gmail } = this.world
    gmail.writes += 1
    return `${kind}-${gmail.writes}`
  }
}
