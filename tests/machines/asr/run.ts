import { createHash, randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { corpusFile, hasCorpus } from '../../support/corpus.ts'
import { countAll } from './attacks/attacks.ts'
import { goalFiles, readGoals } from './attacks/goals.ts'
import { ordinaryFile } from './kept/ordinary.ts'
import { readerMutants } from './mutants/reader-mutants.ts'
import type { Task, TaskResult } from './tasks.ts'

const sizes = {
  /** In CI. */
  sample: { attacks: 1_000, answers: 100, every: 5, canaries: 100, pairs: 200 },
  whole: { attacks: 10_000, answers: 20_000, every: 1, canaries: 1_000, pairs: 2_000 },
} as const

if (!hasCorpus()) throw new Error('The goals of the attacks stand in the corpus: SHARED_DIR names its parent.')

const { values } = parseArgs({
  options: {
    /** The size of CI instead of the whole. */
    sample: { type: 'boolean', default: false },
    /** Every attack there is: tens of thousands. */
    full: { type: 'boolean', default: false },
    seed: { type: 'string' },
    only: { type: 'string', multiple: true },
  },
})
const seed = Number(values.seed ?? randomInt(2 ** 31))
if (!Number.isInteger(seed)) throw new Error('--seed is a whole number')
const size = sizes[values.sample ? 'sample' : 'whole']
const attacks = values.full ? countAll(readGoals()) : size.attacks

const tasks: Task[] = [
  { kind: 'clauses' },
  { kind: 'echo', canaries: size.canaries, seed },
  ...[null, ...readerMutants.keys()].map((mutant) => ({ kind: 'readers', mutant, seed }) as const),
  ...parts(size.pairs, 100).map(([from, count]) => ({ kind: 'pairs', pairs: count, seed: seed + from }) as const),
  { kind: 'kept', every: size.every },
  ...parts(size.answers, 1_000).map(([from, count]) => {
    return { kind: 'arbitrary', answers: count, seed: seed + from } as const
  }),
  ...parts(attacks, 250).map(([from, count]) => {
    return { kind: 'attacks', count: attacks, seed, from, to: from + count } as const
  }),
]
const wanted = tasks.filter(({ kind }) => !values.only || values.only.includes(kind))
if (wanted.length === 0) throw new Error(`--only takes ${[...new Set(tasks.map(({ kind }) => kind))].join(', ')}`)

const started = performance.now()
const totals: Record<string, number> = {}
const total = (name: string) => totals[name] ?? 0
const problems: string[] = []
const waiting = [...wanted]
await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4, wanted.length) }, playSome))

for (const problem of problems.slice(0, 20)) console.error(problem)
const files = [...goalFiles, ordinaryFile].map((name) => [
  name,
  createHash('sha256').update(corpusFile(name)).digest('hex'),
])
const seconds = Math.round((performance.now() - started) / 1_000)
console.log(
  JSON.stringify({
    corpus: Object.fromEntries(files) as object,
    sent: total('sent'),
    answers: total('answers'),
    seconds,
  }),
)
console.log(
  JSON.stringify({
    attacks: total('attacks'),
    escaped: total('escaped'),
    canaries: total('canaries'),
    leaked: total('leaked'),
    pairs: total('pairs'),
    differing: total('differing'),
    mutants: total('mutants'),
    killed: total('killed'),
    eligibleKept: rounded(total('kept') / total('eligible')),
    restToReview: rounded(total('reviewed') / total('rest')),
    seed,
  }),
)
process.exitCode = problems.length === 0 ? 0 : 1

/** A number in parts of at most `most`: where each begins, and how much it has. */
function parts(whole: number, most: number): [from: number, count: number][] {
  return Array.from({ length: Math.ceil(whole / most) }, (_, index) => {
    return [index * most, Math.min(most, whole - index * most)]
  })
}

/** One thread, until no task is left. */
function playSome(): Promise<void> {
  const thread = new Worker(new URL('./thread.ts', import.meta.url))
  return new Promise((resolve, reject) => {
    const next = () => thread.postMessage(waiting.shift() ?? null, [])
    thread.on('error', reject)
    thread.on('exit', () => resolve())
    thread.on('message', ({ line, result, failure }: { line?: string; result?: TaskResult; failure?: string }) => {
      if (line) return console.error(line)
      if (failure) problems.push(failure)
      for (const [name, count] of Object.entries(result?.figures ?? {})) totals[name] = total(name) + count
      problems.push(...(result?.problems ?? []))
      next()
    })
    next()
  })
}

function rounded(share: number): number | null {
  return Number.isFinite(share) ? Math.round(share * 10_000) / 10_000 : null
}
