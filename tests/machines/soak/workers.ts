import { join } from 'node:path'
import { type Child, startNode } from '../../support/child.ts'

/** Worker processes of the real server; one that is killed is followed by another, as a supervisor would do. */
export interface Workers extends AsyncDisposable {
  /** Ends one with SIGKILL; answers when it is gone. */
  killOne(): Promise<void>
  /** How many were killed. */
  readonly kills: number
  /** How many ended without being told to. */
  readonly ended: number
}

const clock = join(import.meta.dirname, 'clock-ahead.ts')

/** Their clocks are minutes apart: the first is behind, the second right, the third ahead, and so on. */
export async function startWorkers(
  count: number,
  environment: Readonly<Record<string, string>>,
  { pick, clocksApartMs }: { pick: (below: number) => number; clocksApartMs: number },
): Promise<Workers> {
  const launch = (index: number) =>
    startNode(['--import', clock, 'server/main.ts'], {
      ...environment,
      ROLES: 'worker',
      PORT: '0',
      CLOCK_AHEAD_MS: String((index - 1) * clocksApartMs),
    })
  const told = new Set<number>()
  let endings = 0
  const start = (index: number) => {
    const child = launch(index)
    void child.ended.then(() => (endings += told.has(child.pid) ? 0 : 1))
    return child
  }
  const workers: Child[] = Array.from({ length: count }, (_, index) => start(index))
  await Promise.all(workers.map((worker) => worker.printed('ReasonFlow works')))
  let kills = 0
  return {
    async killOne() {
      const index = pick(count)
      const worker = workers[index]
      if (!worker) throw new Error('there is no such worker')
      told.add(worker.pid)
      worker.kill('SIGKILL')
      kills += 1
      await worker.ended
      workers[index] = start(index)
    },
    get kills() {
      return kills
    },
    get ended() {
      return endings
    },
    async [Symbol.asyncDispose]() {
      for (const worker of workers) worker.kill('SIGTERM')
      await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()))
    },
  }
}
