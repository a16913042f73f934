import type { AppContext } from '../context.ts'
import { makeQuarantinedDue } from '../db/mailboxes/quarantine.ts'
import { AppError } from '../errors.ts'
import { inTransaction } from '../step.ts'
import { assertActive } from './mailboxes.ts'

/** Asks for another try to read a message now. NOT_FOUND, GMAIL_NEEDS_REAUTH, MAILBOX_DISCONNECTED. */
export async function retryQuarantined(ctx: AppContext, userId: string, id: string): Promise<{ ok: true }> {
  await inTransaction(ctx, 'retry-quarantined', async (trx) => {
    const message = await makeQuarantinedDue(trx, userId, id, ctx.clock.now().toISOString())
    if (!message) throw new AppError('NOT_FOUND', 'There is no such message.')
    const { mailboxId } = message
    await assertActive(trx, userId, mailboxId)
    await ctx.jobs.enqueue(trx, 'sync-mailbox', { userId, mailboxId })
  })
  return { ok: true }
}
