import type { AppContext } from '../../context.ts'
import { activeMailboxesOf } from '../../db/mailboxes/mailbox-connection.ts'
import { AppError, isUpstream } from '../../errors.ts'
import { inTransaction, step } from '../../step.ts'

const retryAfterSeconds = 10

/** Whether this is the token of our Pub/Sub subscription. NOT_FOUND without push, UNAVAILABLE when nobody can tell. */
export async function isFromPubSub(ctx: AppContext, token: string | undefined): Promise<boolean> {
  const { pushVerifier } = ctx
  if (!pushVerifier)
    throw new AppError('NOT_FOUND', 'Push is not set up here: its operator must set GMAIL_PUBSUB_TOPIC.')
  if (token === undefined) return false
  try {
    return await step('verify-push-token', () => pushVerifier.verify(token))
  } catch (error) {
    if (!isUpstream(error)) throw error
    const message = 'The certificates of Google cannot be read right now, and without them nobody is believed.'
    throw new AppError('UNAVAILABLE', message, { cause: error, retryAfterSeconds })
  }
}

/** Something changed in the mailbox of this address: one sync is enqueued unless one waits. Answers for how many. */
export async function syncPushedMailboxes(ctx: AppContext, address: string): Promise<number> {
  return inTransaction(ctx, 'enqueue-pushed-sync', async (trx) => {
    const mailboxes = await activeMailboxesOf(trx, address)
    for (const mailbox of mailboxes) await ctx.jobs.enqueue(trx, 'sync-mailbox', mailbox)
    return mailboxes.length
  })
}
