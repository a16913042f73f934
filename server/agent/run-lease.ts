import type { AppContext } from '../context.ts'
import { loadEmail } from '../db/runs/run-input.ts'
import { claimRun, endRun, runStatus, updateRun } from '../db/runs/runs.ts'
import { moveEmail } from '../db/emails/status.ts'
import { getSettings } from '../db/accounts/settings.ts'
import { claim, heldByAnother, release } from '../lease.ts'
import { inTransaction, step } from '../step.ts'
import type { Run } from './state.ts'

const claimable = ['pending', 'needs_review', 'no_reply', 'rejected', 'processing'] as const

/** Claims the run and its mail; undefined when there is nothing to do. HeldError while another worker holds it. */
export async function openRun(ctx: AppContext, userId: string, traceId: string): Promise<Run | undefined> {
  const run = await claim(ctx.clock, (by) =>
    inTransaction(ctx, 'claim-run', async (trx) => {
      const claimed = await claimRun(trx, userId, traceId, by)
      const email = claimed && (await loadEmail(trx, userId, claimed.emailId))
      if (!claimed || !email) return undefined
      const { scope, isRequested, request, epoch, waitsFrom } = claimed
      const isFree =
        scope === 'classify' || (await moveEmail(trx, userId, email.id, { from: claimable, to: 'processing' }))
      if (!isFree) {
        const error = 'the mail was settled before the run began'
        const end = { status: 'failed', error, finishedAt: by.now } as const
        const { batchId } = await endRun(trx, userId, { traceId, epoch }, end)
        if (batchId) await ctx.jobs.enqueue(trx, 'work-on-batch', { userId, batchId })
        return undefined
      }
      const settings = await getSettings(trx, userId)
      return { input: { userId, traceId, email, settings, isRequested, request }, scope, epoch, waitsFrom }
    }),
  )
  if (run) return run
  const current = await runStatus(ctx.db, userId, traceId)
  if (current?.status === 'running') throw heldByAnother(ctx.clock, 'this run', current.leaseUntil)
  return undefined
}

/** Lets the next try begin at once. The time until now may count as no wait. */
export function releaseRun(
  ctx: AppContext,
  { epoch, input }: Run,
  { isWaitForBudget }: { isWaitForBudget: boolean },
): Promise<void> {
  const { userId, traceId } = input
  const changes = { leaseUntil: null, ...(isWaitForBudget && { waitsFrom: ctx.clock.now().toISOString() }) }
  return release(ctx, { traceId }, () =>
    step('release-run', () => updateRun(ctx.db, userId, { traceId, epoch }, changes)),
  )
}
