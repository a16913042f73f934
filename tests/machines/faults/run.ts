import { availableParallelism } from 'node:os'
import { StartError } from '../../../server/errors.ts'
import { Random } from '../../support/seeded-random.ts'
import { seed, text } from '../kit/command-line.ts'
import { runMachine } from '../kit/run-machine.ts'
import { playInThreads } from '../kit/threads.ts'
import { cellNames, groupOf } from './machine.ts'
import type { CellResult } from './thread.ts'

await runMachine(
  {
    command: 'test:faults',
    about: 'Every way in which Google or the model fails, at every call. The seed is that of the order of the cells.',
    options: {
      only: text('a cell, or what the names of cells begin with, as in gmail:messages.get or openai', 'cell'),
      seed,
    },
  },
  async ({ only, seed }, { tell, seconds, again }) => {
    const wanted = cellNames.filter((name) => only === undefined || name === only || name.startsWith(`${only}:`))
    if (wanted.length === 0) throw new StartError(`There is no cell ${only}; one is ${cellNames[0]}.`)

    const groups = [...Map.groupBy(inAnyOrder(wanted, seed), groupOf).values()]
    const onResult = (results: readonly CellResult[], group: readonly string[]) => {
      for (const { name, problems } of results)
        if (problems.length > 0) tell([`${name} failed`, ...problems].join('\n  '))
      tell(`${groupOf(group[0] ?? '')}: all played`)
    }
    // In threads of their own: an exception that nobody catches ends one of them.
    const script = new URL('./thread.ts', import.meta.url)
    const threads = Math.min(availableParallelism(), 4)
    const results = (
      await playInThreads<readonly string[], CellResult[]>(script, groups, { threads, tell, onResult })
    ).flat()

    const passed = results.filter(({ problems }) => problems.length === 0).map(({ name }) => name)
    const count = (names: readonly string[], kind: string) => names.filter((name) => name.startsWith(kind)).length
    return {
      figures: {
        gmailPassed: count(passed, 'gmail:'),
        gmailTotal: count(wanted, 'gmail:'),
        modelPassed: count(passed, 'model:'),
        modelTotal: count(wanted, 'model:'),
        openaiPassed: count(passed, 'openai:'),
        openaiTotal: count(wanted, 'openai:'),
        seed,
        seconds: seconds(),
      },
      problems: wanted.filter((name) => !passed.includes(name)).map((name) => again(`--only ${name}`)),
    }
  },
)

/** No cell may lean on the one before it. */
function inAnyOrder(names: readonly string[], seed: number): string[] {
  const random = new Random(seed)
  return names
    .map((name) => ({ name, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ name }) => name)
}
