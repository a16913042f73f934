import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { AppContext } from '../context.ts'
import type { DB } from '../db/engine/schema.ts'
import {
  claimRevocation,
  deleteRevocation,
  findRevocation,
  insertRevocation,
  releaseRevocation,
} from '../db/mailboxes/grant-revocations.ts'
import { AppError, isUpstream } from '../errors.ts'
import { claim, heldByAnother, release } from '../lease.ts'
import { outcomeOf } from '../outcome.ts'
import type { SealedRow } from '../ports.ts'
import { step } from '../step.ts'

/** The grant is to be ended at Google, by a job of its own; until then its refresh token is kept, sealed anew. */
export async function enqueueRevocation(
  ctx: AppContext,
  trx: Transaction<DB>,
  { googleSubject, refreshToken }: { googleSubject: string; refreshToken: string },
): Promise<void> {
  const id = randomUUID()
  await insertRevocation(trx, {
    id,
    googleSubject,
    refreshToken: ctx.sealer.seal(refreshToken, revocationRow(id, googleSubject)),
    createdAt: ctx.clock.now().toISOString(),
  })
  await ctx.jobs.enqueue(trx, 'revoke-grant', { revocationId: id })
}

/** Whose it is, is whose Google account it is: nobody of ours. */
export function revocationRow(rowId: string, googleSubject: string): SealedRow {
  return { userId: googleSubject, table: 'grant_revocations', column: 'refresh_token', rowId }
}

interface Try {
  readonly isLastTry: boolean
  readonly signal: AbortSignal
}

/**
 * Stops the watch of a mailbox that was disconnected, then ends its grant at Google. It holds its row meanwhile, so that
 * whoever connects the account anew either takes the row away before, or is told to try again. Whatever comes of it,
 * after the last try the secret is gone.
 */
export async function revokeGrant(
  ctx: AppContext,
  { revocationId }: { revocationId: string },
  { isLastTry, signal }: Try,
) {
  const claimed = await claim(ctx.clock, (by) =>
    step('claim-revocation', () => claimRevocation(ctx.db, revocationId, by)),
  )
  if (!claimed) {
    const pending = await findRevocation(ctx.db, revocationId)
    if (pending) throw heldByAnother(ctx.clock, 'this revocation', pending.leaseUntil)
    return
  }
  const { googleSubject, refreshToken } = claimed
  try {
    const token = ctx.sealer.open(refreshToken, revocationRow(revocationId, googleSubject))
    await endGrant(ctx, token, { isLastTry, signal })
  } catch (error) {
    if (!isLastTry || outcomeOf(error, signal).kind !== 'failed') {
      await release(ctx, { revocationId }, () =>
        step('release-revocation', () => releaseRevocation(ctx.db, revocationId)),
      )
      throw error
    }
    ctx.logger.warn({ err: error, revocationId }, 'a grant could not be revoked at Google, and no more is tried')
  }
  await step('delete-revocation', () => deleteRevocation(ctx.db, revocationId))
}

async function endGrant(ctx: AppContext, refreshToken: string, { isLastTry, signal }: Try): Promise<void> {
  const { googleAuth } = ctx
  if (!googleAuth) throw new AppError('GMAIL_NOT_CONFIGURED', 'This server has no Gmail client any more.')
  try {
    const grant = await step('google-refresh-ending-grant', () => googleAuth.refresh(refreshToken, signal))
    await step('gmail-stop-ended-watch', () => ctx.mailboxWatch.stopWith(grant.accessToken, signal))
  } catch (error) {
    // A watch that is not stopped ends by itself within a week, and what it tells finds no mailbox here.
    const mayPass = isUpstream(error, 'unavailable', 'timeout', 'rate_limited', 'bad_answer') && !isLastTry
    if (mayPass || !isUpstream(error) || signal.aborted) throw error
    ctx.logger.info({ err: error }, 'the Gmail watch of a disconnected mailbox could not be stopped')
  }
  await step('google-revoke-grant', () => googleAuth.revoke(refreshToken, signal))
}
