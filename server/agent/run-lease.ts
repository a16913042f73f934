import type { AppContext } from '../context.ts'
import { despiteLostConnection } from '../db/connection-lost.ts'
import { loadEmail } from '../db/run-input.ts'
import { claimTrace, moveEmail, moveTrace, traceStatus } from '../db/runs.ts'
import { getSettings } from '../db/settings.ts'
import { HeldError } from '../errors.ts'
import { inTransaction, step } from '../step.ts'
import type { Run } from './state.ts'

const leaseMs = 45_000
const shortestWaitMs = 1_000
const claimable = ['pending', 'needs_review', 'no_reply', 'rejected', 'processing'] as const

/** Takes the run and its mail; undefined when there is nothing to do. HeldError while another worker's lease stands. */
export async function claimRun(ctx: AppContext, userId: string, traceId: string): Promise<Run | undefined> {
  const run = await inTransaction(ctx, 'claim-run', async (trx) => {
    const trace = await claimTrace(trx, userId, traceId, runLease(ctx))
    const email = trace && (await loadEmail(trx, userId, trace.emailId))
    if (!trace || !email) return undefined
    const isFree =
      trace.scope === 'classify' || (await moveEmail(trx, userId, email.id, { from: claimable, to: 'processing' }))
    if (!isFree) {
      const ended = {
        status: 'failed',
        error: 'the mail was settled before the run began',
        finishedAt: runLease(ctx).now,
      } as const
      await moveTrace(trx, userId, { traceId, epoch: trace.epoch }, ended)
      return undefined
    }
    const settings = await getSettings(trx, userId)
    const { scope, isRequested, epoch, waitsFrom } = trace
    return { input: { userId, traceId, email, settings, isRequested }, scope, epoch, waitsFrom }
  })
  if (run) return run
  const trace = await traceStatus(ctx.db, userId, traceId)
  // Another worker's lease still stands: come again, in case that worker is dead.
  if (trace?.status === 'running') {
    const waitMs = new Date(trace.leaseUntil ?? 0).getTime() - ctx.clock.now().getTime()
    throw new HeldError('this run is held by another worker', Math.max(waitMs, shortestWaitMs))
  }
  return undefined
}

/** Lets the next try begin at once instead of waiting for the lease to lapse. The time until now may count as no wait. */
export async function releaseRun(ctx: AppContext, run: Run, { isPatient }: { isPatient: boolean }): Promise<void> {
  const { epoch, input } = run
  const now = ctx.clock.now()
  const leaseUntil = new Date(now.getTime() - 1).toISOString()
  const changes = { leaseUntil, ...(isPatient && { waitsFrom: now.toISOString() }) }
  await quietly(ctx, run, () =>
    despiteLostConnection(() =>
      step('release-run', () => moveTrace(ctx.db, input.userId, { traceId: input.traceId, epoch }, changes)),
    ),
  )
}

/** For what follows a failure: it must not hide it by one of its own. */
export async function quietly(ctx: AppContext, { input }: Run, effect: () => Promise<unknown>): Promise<void> {
  try {
    await effect()
  } catch (failure) {
    ctx.logger.warn({ err: failure, traceId: input.traceId }, 'the failure of a run could not be noted')
  }
}

export function runLease(ctx: AppContext): { now: string; until: string } {
  const now = ctx.clock.now()
  return { now: now.toISOString(), until: new Date(now.getTime() + leaseMs).toISOString() }
}
