import type { Kysely } from 'kysely'
import type { Reason } from '../../shared-types/index.ts'
import { findNewerInThread } from './retrieval.ts'
import type { DB } from './schema.ts'
import { machineReason } from '../mail/machine-mail.ts'

/** What of a mail decides whether something newer in its thread has answered it. */
export interface MailInThread {
  readonly mailboxId: string
  readonly threadId: string
  readonly messageId: string | null
  readonly fromAddress: string
  readonly receivedAt: string
  readonly ownerAddress: string
}

/**
 * Why a mail needs no answer any more; null while it does. What its sender could not read
 * settles nothing, a bounce or an out-of-office notice speaks for nobody, and a later mail of the same person takes
 * nothing back.
 */
export async function settledByNewer(db: Kysely<DB>, userId: string, mail: MailInThread): Promise<Reason | null> {
  const { mailboxId, threadId, fromAddress, receivedAt, ownerAddress } = mail
  const wanted = { mailboxId, threadId, correspondent: fromAddress, after: receivedAt }
  const newer = await findNewerInThread(db, userId, wanted)
  if (newer.some(({ direction }) => direction === 'out')) {
    return { code: 'ANSWERED_IN_GMAIL', text: 'You answered this in Gmail.' }
  }
  const answer = newer.find((other) => isAnswer(mail, other) && machineReason({ ...other, ownerAddress }) === null)
  if (!answer) return null
  return { code: 'ANSWERED_BY_OTHER', text: `${answer.fromName || answer.fromAddress} has answered this.` }
}

/** Somebody else replied to this very mail, and asks nothing in turn: in doubt the mail waits for the owner. */
function isAnswer(
  { messageId, fromAddress }: MailInThread,
  other: { inReplyTo: string | null; fromAddress: string; freshText: string },
): boolean {
  return (
    messageId !== null &&
    other.inReplyTo === messageId &&
    other.fromAddress !== fromAddress &&
    other.fromAddress !== '' &&
    other.freshText.trim() !== '' &&
    !/[?？؟]/.test(other.freshText)
  )
}
