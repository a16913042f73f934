import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { DeleteAccountInput } from '../../shared-types/index.ts'
import type { AppContext, RequestContext } from '../context.ts'
import { beginDeletion, deleteUser, findDeletion, lockDeletion } from '../db/accounts/deletion.ts'
import { removeLogins } from '../db/accounts/google-identities.ts'
import { deletePasswordResets } from '../db/accounts/password-resets.ts'
import type { DB } from '../db/engine/schema.ts'
import { mailboxIdsOf } from '../db/mailboxes/disconnection.ts'
import { deleteCountersOf } from '../db/system/quota-buckets.ts'
import { HeldError } from '../errors.ts'
import { counterKeyOf } from '../security/attempt-limits.ts'
import { inTransaction } from '../step.ts'
import { disconnectForGood } from './mailbox-disconnection.ts'
import { deleteMailbox } from './mailbox-removal.ts'
import { endAllAccess } from './personal-tokens.ts'
import { provePassword, wrongPassword } from './sessions.ts'
import { ownCredentials } from './signed-in.ts'

const pauseMs = 1_000

/**
 * Deletes the account of whoever knows its password: at once nobody is signed in to it or can be, nothing is read or sent
 * for it, and its address is free; its rows go by a job, its grants at Google by others. INVALID_CREDENTIALS for a wrong
 * password, which counts like a failed log-in; PASSWORD_NOT_SET, RATE_LIMITED.
 */
export async function deleteAccount(
  ctx: RequestContext,
  userId: string,
  { password }: DeleteAccountInput,
): Promise<{ ok: true }> {
  const user = await ownCredentials(ctx.db, userId)
  const passwordHash = await provePassword(ctx, user, password)
  const deletionId = randomUUID()
  await inTransaction(ctx, 'delete-account', async (trx) => {
    if (!(await beginDeletion(trx, userId, { passwordHash, deletionId }))) throw wrongPassword()
    await endAllAccess(trx, userId, ctx.clock.now().toISOString())
    await deletePasswordResets(trx, userId)
    await removeLogins(trx, userId)
    await closeMailboxes(ctx, trx, userId)
    // Now, while its address is known.
    await deleteCountersOf(trx, counterKeyOf(user.email))
    await ctx.jobs.enqueue(trx, 'purge-account', { deletionId })
  })
  ctx.refreshCookie.clear()
  // Not in the owner's audit log, which goes as well.
  ctx.logger.info({ deletionId }, 'an account is being deleted')
  return { ok: true }
}

/**
 * Deletes all that there is of an account, its mail some at a time; whoever is stopped half way is followed by the next.
 * A reply that is being sent is left to its own worker (see `deleteMailbox`), and the account waits for that.
 */
export async function purgeAccount(
  ctx: AppContext,
  { deletionId }: { deletionId: string },
  signal: AbortSignal,
): Promise<void> {
  const userId = await findDeletion(ctx.db, deletionId)
  if (userId === undefined) return
  // Again: one may have been connected in the very moment.
  await inTransaction(ctx, 'close-mailboxes-of-account', (trx) => closeMailboxes(ctx, trx, userId))
  for (const mailboxId of await mailboxIdsOf(ctx.db, userId)) await deleteMailbox(ctx, { userId, mailboxId }, signal)
  const isGone = await inTransaction(ctx, 'purge-account', (trx) => purge(ctx, trx, userId, deletionId))
  if (!isGone) throw new HeldError('something was added to this account', pauseMs)
  ctx.logger.info({ deletionId }, 'an account was deleted')
}

async function purge(ctx: AppContext, trx: Transaction<DB>, userId: string, deletionId: string): Promise<boolean> {
  if (!(await lockDeletion(trx, userId, deletionId))) return true
  if ((await mailboxIdsOf(trx, userId)).length > 0) return false
  await ctx.jobs.deleteOf(trx, userId)
  await deleteCountersOf(trx, userId)
  await deleteUser(trx, userId, { deletionId, deletedAt: ctx.clock.now().toISOString() })
  return true
}

async function closeMailboxes(ctx: AppContext, trx: Transaction<DB>, userId: string): Promise<void> {
  for (const mailboxId of await mailboxIdsOf(trx, userId)) await disconnectForGood(ctx, trx, { userId, mailboxId })
}
