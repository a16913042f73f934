import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import type { OwnGmailDraft } from '../../mail/fields.ts'
import type { MailboxRef, MailSender } from '../../ports.ts'
import type { GoogleClient } from './client.ts'
import { orGone } from './gmail-absence.ts'
import { DraftListAnswer, FullDraftAnswer } from './gmail-answers.ts'
import { headerIn, outboxHeader, plainTextOf } from './gmail-parts.ts'
import { quotaUnits } from './quota-costs.ts'

const me = { userId: 'me' } as const
/** What one list may cost: each draft is read, as a list names ids alone. */
const mostDrafts = 200

/** The Gmail drafts of ours in a mailbox. One that the owner wrote, or rewrote in Gmail, carries no header of ours. */
export function createGmailDraftList(
  users: gmail_v1.Resource$Users,
  client: GoogleClient,
): MailSender['listGmailDrafts'] {
  async function readGmailDraft(
    mailbox: MailboxRef,
    gmailDraftId: string,
    signal?: AbortSignal,
  ): Promise<OwnGmailDraft | null> {
    const call = client.read({
      mailbox,
      signal,
      units: quotaUnits['drafts.get'],
      answer: FullDraftAnswer,
      send: (options) => users.drafts.get({ ...me, id: gmailDraftId, format: 'full' }, options),
    })
    const draft = await orGone(call)
    const outboxId = draft && headerIn(draft.message.payload.headers, outboxHeader)
    return outboxId ? { gmailDraftId, outboxId, text: plainTextOf(draft.message.payload) } : null
  }

  return async (mailbox, before, signal) => {
    const q = `before:${Math.floor(before.getTime() / 1_000)}`
    const { drafts } = await client.read({
      mailbox,
      signal,
      units: quotaUnits['drafts.list'],
      answer: DraftListAnswer,
      send: (options) => users.drafts.list({ ...me, q, maxResults: mostDrafts }, options),
    })
    const own: OwnGmailDraft[] = []
    for (const { id } of drafts) {
      const draft = await readGmailDraft(mailbox, id, signal)
      if (draft) own.push(draft)
    }
    return own
  }
}
