import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { Random } from '../../support/seeded-random.ts'
import { cellNames, groupOf } from './machine.ts'
import type { CellResult } from './worker.ts'

const { values } = parseArgs({ options: { only: { type: 'string' }, seed: { type: 'string' } } })
const { only } = values
const seed = Number(values.seed ?? randomInt(2 ** 31))
if (!Number.isInteger(seed)) throw new Error('--seed is a whole number')

const isWanted = (name: string) => only === undefined || name === only || name.startsWith(`${only}:`)
const wanted = cellNames.filter(isWanted)
if (wanted.length === 0) throw new Error(`there is no cell ${only}; one is ${cellNames[0]}`)

const startedAt = performance.now()
const groups = [...Map.groupBy(inAnyOrder(wanted), groupOf).values()]
const results: CellResult[] = []
// In threads of their own: an exception that nobody catches ends one of them.
await Promise.all(Array.from({ length: Math.min(groups.length, availableParallelism(), 4) }, playGroups))

const passed = results.filter(({ problems }) => problems.length === 0)
const count = (names: readonly string[], kind: string) => names.filter((name) => name.startsWith(kind)).length
const passedNames = passed.map(({ name }) => name)
console.log(
  JSON.stringify({
    gmailPassed: count(passedNames, 'gmail:'),
    gmailTotal: count(wanted, 'gmail:'),
    modelPassed: count(passedNames, 'model:'),
    modelTotal: count(wanted, 'model:'),
    seed,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
  }),
)
process.exitCode = passed.length === wanted.length ? 0 : 1

/** No cell may lean on the one before it. */
function inAnyOrder(names: readonly string[]): string[] {
  const random = new Random(seed)
  return names
    .map((name) => ({ name, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ name }) => name)
}

/** One worker, until no group is left. */
function playGroups(): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url))
  return new Promise((resolve, reject) => {
    worker.on('error', reject)
    worker.on('exit', () => resolve())
    worker.on('message', (news: 'ready' | CellResult) => {
      if (news === 'ready') worker.postMessage(groups.shift() ?? [], [])
      else tell(news)
    })
  })
}

function tell(result: CellResult): void {
  const { name, problems } = result
  results.push(result)
  if (problems.length > 0) {
    console.error(`${name} failed (alone: npm run test:faults -- --only ${name})`)
    for (const problem of problems) console.error(`  ${problem}`)
  }
  const inGroup = (names: readonly string[]) => names.filter((each) => groupOf(each) === groupOf(name)).length
  if (inGroup(results.map((each) => each.name)) === inGroup(wanted)) console.error(`${groupOf(name)}: all played`)
}
