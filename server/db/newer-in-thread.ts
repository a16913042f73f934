import type { Kysely } from 'kysely'
import { findNewerInThread } from './retrieval.ts'
import type { DB } from './schema.ts'
import { machineReason } from '../mail/machine-mail.ts'

/** What of a mail decides whether something newer in its thread stands for it. */
export interface MailInThread {
  readonly mailboxId: string
  readonly threadId: string
  readonly fromAddress: string
  readonly receivedAt: string
  readonly ownerAddress: string
}

/**
 * Why a mail needs no answer any more, as a sentence for the owner; null while it does. What its sender could not read
 * settles nothing, and a bounce or an out-of-office notice speaks for nobody.
 */
export async function settledByNewer(db: Kysely<DB>, userId: string, mail: MailInThread): Promise<string | null> {
  const { mailboxId, threadId, fromAddress, receivedAt, ownerAddress } = mail
  const wanted = { mailboxId, threadId, correspondent: fromAddress, after: receivedAt }
  const newer = await findNewerInThread(db, userId, wanted)
  const newest = newer.find(({ direction, ...rest }) => {
    return direction === 'out' || machineReason({ ...rest, ownerAddress }) === null
  })
  if (!newest) return null
  return newest.direction === 'out' ? 'You answered this in Gmail.' : 'A newer message of this thread takes over.'
}
