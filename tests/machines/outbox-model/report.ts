import type { ConfigurationName } from './configurations.ts'
import type { RaceResults } from './races.ts'
import { countEnds, type Tally } from './tally.ts'
import type { Problem } from './verdict.ts'

/** The figures of the last line. `schedules` is the least that any configuration has seen. */
export function report(tallies: ReadonlyMap<ConfigurationName, Tally>, races: RaceResults) {
  const all = [...tallies.values()]
  const sum = (count: (tally: Tally) => number) => all.reduce((total, tally) => total + count(tally), 0)
  const met = (problem: Problem) => sum((tally) => tally.problems[problem])
  return {
    schedules: Math.min(...all.map(({ schedules }) => schedules)),
    total: sum(({ schedules }) => schedules),
    duplicates: met('duplicate'),
    notAsApproved: met('notAsApproved'),
    falselySent: met('falselySent'),
    falselyUnsent: met('falselyUnsent'),
    stuck: met('stuck'),
    untold: met('untold'),
    lateChanges: met('lateChange'),
    takenWhileHeld: met('takenWhileHeld'),
    heldUp: met('heldUp'),
    unknown: sum(unknown),
    unknownDeliveredTwice: met('unknownDeliveredTwice'),
    races: races.races,
    undone: races.undone,
    undoneYetSent: races.undoneYetSent + met('undoneYetSent'),
    racesFailed: races.problems.length,
    configurations: Object.fromEntries([...tallies].map(([name, tally]) => [name, figuresOf(tally)])),
  }
}

function figuresOf(tally: Tally) {
  const { duplicate: duplicates, falselySent, stuck } = tally.problems
  const unknownDelivered = countEnds(tally, (state, delivered) => state === 'UNKNOWN' && delivered > 0)
  return { schedules: tally.schedules, duplicates, falselySent, stuck, unknown: unknown(tally), unknownDelivered }
}

function unknown(tally: Tally): number {
  return countEnds(tally, (state) => state === 'UNKNOWN')
}
