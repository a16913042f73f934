import { findPairs, findPoints } from './find-points.ts'
import { nameOf } from './points.ts'
import { createPool } from './processes.ts'
import { spread } from './spread.ts'
import { openStage } from './stage.ts'
import { createTally, type Tally } from './tally.ts'
import { runTrial } from './trial.ts'
import type { Workflow } from './workflow.ts'

export interface MachineOptions {
  readonly workflows: readonly Workflow[]
  /** Every pair of kills, one in each of the first two lives, instead of every single fault. */
  readonly pairs: boolean
  /** Which of the points found are tried; the index counts those of a workflow from 0. */
  selects(name: string, index: number): boolean
  /** Trials at the same time. */
  readonly parallel: number
  /** Of a native server; without it the databases are embedded. */
  readonly url: string | undefined
  /** What the servers say. */
  readonly logLevel: 'silent' | 'info'
  tell(line: string): void
}

/** Records what each workflow passes, then tries every point of it. */
export async function playPoints(options: MachineOptions): Promise<Tally> {
  const { parallel, logLevel, tell, selects } = options
  await using stack = new AsyncDisposableStack()
  const pool = stack.use(createPool({ spares: parallel, output: logLevel === 'silent' ? 'ignore' : 'inherit' }))
  const places = await Promise.all(
    Array.from({ length: parallel }, async () => ({ pool, stage: stack.use(await openStage(options)) })),
  )
  const tally = createTally(tell)
  const find = options.pairs ? findPairs : findPoints
  for (const workflow of options.workflows) {
    const { points, passed } = await find(places, workflow)
    tally.pass(passed.begun)
    const chosen = points.filter((point, index) => selects(nameOf(point), index))
    await spread(places, chosen, async (place, point) => {
      const { problems } = await runTrial(place, workflow, point.faults)
      tally.note(point, problems)
    })
    tally.close(workflow.name)
  }
  return tally
}
