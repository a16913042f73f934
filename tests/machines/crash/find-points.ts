import type { Passed } from './passed.ts'
import { faultsAt, isKill, kills, moments, nameOf, type Point } from './points.ts'
import { spread } from './spread.ts'
import { type Outcome, type Place, runTrial } from './trial.ts'
import type { Workflow } from './workflow.ts'

export interface Found {
  readonly points: readonly Point[]
  /** What the recording passed. */
  readonly passed: Passed
}

/** Each fault at each step that the workflow passes while all goes well. */
export async function findPoints([place]: readonly Place[], workflow: Workflow): Promise<Found> {
  if (!place) throw new Error('there is no place for a recording')
  const { worked } = await record(place, { workflow: workflow.name, faults: [] }, workflow)
  const points = faultsAt(worked, moments).map((fault) => ({ workflow: workflow.name, faults: [fault] }))
  return { points, passed: worked }
}

/** Each kill, and after each of them every kill at the steps of the recovery. */
export async function findPairs(places: readonly Place[], workflow: Workflow): Promise<Found> {
  const { points, passed } = await findPoints(places, workflow)
  const first = points.filter(({ faults }) => faults.every(isKill))
  const pairs = await spread(places, first, async (place, point) => {
    const { rested } = await record(place, point, workflow)
    return faultsAt(rested, kills).map((second) => ({ ...point, faults: [...point.faults, second] }))
  })
  return { points: pairs.flat(), passed }
}

async function record(place: Place, point: Point, workflow: Workflow): Promise<Outcome> {
  const outcome = await runTrial(place, workflow, point.faults)
  if (outcome.problems.length === 0) return outcome
  throw new Error(`${nameOf(point)} cannot be recorded:\n${outcome.problems.join('\n')}`)
}
