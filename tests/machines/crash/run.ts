import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { runMachine } from './machine.ts'
import { workflows } from './workflows.ts'

const minimum = 200

const { values } = parseArgs({
  options: {
    workflow: { type: 'string', multiple: true },
    only: { type: 'string' },
    every: { type: 'string', default: '1' },
    pairs: { type: 'boolean', default: false },
    seed: { type: 'string' },
    parallel: { type: 'string' },
  },
})
const { only, pairs } = values
const every = Number(values.every)
/** Which share of the points `--every` takes. */
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000))
const parallel = only ? 1 : Number(values.parallel ?? Math.max(2, availableParallelism()))
const wanted = only ? [only.split(':')[0]] : (values.workflow ?? (pairs ? ['send'] : undefined))
const isWhole = !only && !values.workflow && !pairs && every === 1

const startedAt = performance.now()
const tally = await runMachine({
  workflows: workflows.filter(({ name }) => wanted === undefined || wanted.includes(name)),
  pairs: pairs || only?.includes('+') === true,
  selects: (name, index) => (only ? name === only : (index + seed) % every === 0),
  parallel,
  url: process.env['TEST_DATABASE_URL'],
  logLevel: only ? 'info' : 'silent',
  say: (line) => console.error(line),
})
const { points, survived } = tally.totals()
for (const name of tally.failed) console.error(`npm run test:crash -- --only ${name}`)
const seconds = Math.round((performance.now() - startedAt) / 1_000)
console.log(
  JSON.stringify({ points, survived, seed, every, steps: tally.steps.size, seconds, workflows: tally.workflows }),
)
if (points === 0 || survived < points || (isWhole && points < minimum)) process.exitCode = 1
