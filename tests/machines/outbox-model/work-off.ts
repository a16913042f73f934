import { lapsedSends } from '../../../server/db/sweeps.ts'
import type { Stored } from './one-mail.ts'
import { approve, decideAgain } from './owner.ts'
import type { Stage } from './stage.ts'

/** More jobs than any schedule needs; what has not settled by then never will. */
const mostJobs = 30
/** Longer than anything waits for the sweep. */
const sweepAfterMs = 16 * 60_000
const overdueMs = 30_000
const live = ['READY', 'SENDING']

/** The owner approves, and again when there was no answer. */
export async function approveAtLast(stage: Stage): Promise<void> {
  while ((await stage.workers.run(() => approve(stage))) === 'died');
}

/**
 * Works off every job, what the sweep finds and what the owner decides; at last wakes who still sleeps. `onPause` is told
 * of every moment at which no worker is in the middle of anything. Answers what is stored in the end, and whether that
 * is an end.
 */
export async function workOff(
  stage: Stage,
  onPause: () => Promise<void>,
): Promise<{ stored: Stored; isSettled: boolean }> {
  const { bench, configuration, queue, workers } = stage
  for (let jobs = 0; jobs < mostJobs; jobs++) {
    if (workers.asleepCount === 0) await onPause()
    const outboxId = queue.takeNext()
    if (outboxId) await work(stage, outboxId)
    else {
      const stored = await bench.read()
      const goesOn = (await sweep(stage, stored)) || (configuration.decidesAgain && (await decideAgain(stage, stored)))
      if (goesOn) continue
      if (workers.asleepCount === 0)
        return { stored, isSettled: !stored.entries.some(({ state }) => live.includes(state)) }
      await wakeAll(stage, stored)
    }
  }
  return { stored: await bench.read(), isSettled: false }
}

async function work({ configuration, dispatch, queue, workers, world }: Stage, outboxId: string): Promise<void> {
  if ((await workers.run(() => dispatch(outboxId))) === 'done') return
  const { retriesMs } = configuration
  const pauseMs = retriesMs[Math.min(world.repeats, retriesMs.length - 1)] ?? 0
  world.repeats += 1
  queue.put(outboxId, world.now + pauseMs)
}

/** Once, when no job is left: what the minute's sweep finds that is not settled. */
async function sweep({ bench, queue, world }: Stage, { entries }: Stored): Promise<boolean> {
  if (world.hasSwept || !entries.some(({ state }) => live.includes(state) || state === 'UNKNOWN')) return false
  world.hasSwept = true
  world.now += sweepAfterMs
  const instants = { now: instant(world.now), before: instant(world.now - overdueMs) }
  for (const { id } of await lapsedSends(bench.db, instants, 10)) queue.put(id, world.now)
  return true
}

/** Those who wake after all is settled must change nothing. */
async function wakeAll({ bench, workers, world }: Stage, stored: Stored): Promise<void> {
  while (workers.asleepCount > 0) await workers.wake()
  if (JSON.stringify(await bench.read()) !== JSON.stringify(stored)) world.lateChanges += 1
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
