import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { corpusFile } from '../../support/corpus.ts'
import { flag, seed, someOf } from '../kit/command-line.ts'
import { needCorpus, runMachine } from '../kit/run-machine.ts'
import { playInThreads } from '../kit/threads.ts'
import { countAll } from './attacks/attacks.ts'
import { goalFiles, readGoals } from './attacks/goals.ts'
import { ordinaryFile } from './kept/ordinary.ts'
import { readerMutants } from './mutants/reader-mutants.ts'
import type { Task, TaskResult } from './tasks.ts'

interface Size {
  readonly attacks: number
  readonly answers: number
  readonly every: number
  readonly canaries: number
  readonly pairs: number
}

const sizes = {
  /** In CI. */
  sample: { attacks: 1_000, answers: 100, every: 5, canaries: 100, pairs: 200 },
  whole: { attacks: 10_000, answers: 20_000, every: 1, canaries: 1_000, pairs: 2_000 },
} as const

const kinds = ['clauses', 'echo', 'readers', 'pairs', 'kept', 'arbitrary', 'attacks'] as const

await runMachine(
  {
    command: 'bench:asr',
    about: 'Attacks on automatic sending, what it could tell to whom, and ordinary mail that must still be answered.',
    options: {
      sample: flag('the size of CI instead of the whole'),
      full: flag('every attack there is: tens of thousands'),
      seed,
      only: someOf(kinds, 'only these kinds of tasks'),
    },
  },
  async ({ sample, full, seed, only }, { tell, seconds }) => {
    needCorpus('The goals of the attacks stand in the corpus')
    const size = sizes[sample ? 'sample' : 'whole']
    const tasks = tasksOf({ ...size, ...(full && { attacks: countAll(readGoals()) }) }, seed)
    const wanted = tasks.filter(({ kind }) => only?.includes(kind) ?? true)
    const threads = Math.min(availableParallelism(), 4)
    const script = new URL('./thread.ts', import.meta.url)
    const results = await playInThreads<Task, TaskResult>(script, wanted, { threads, tell })

    const total = (name: string) => results.reduce((sum, { figures }) => sum + (figures[name] ?? 0), 0)
    const corpus = [...goalFiles, ordinaryFile].map((name) => [name, hashOf(corpusFile(name))])
    const sizeFigures = { sent: total('sent'), answers: total('answers'), seconds: seconds() }
    console.log(JSON.stringify({ corpus: Object.fromEntries(corpus) as object, ...sizeFigures }))
    return {
      figures: {
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
      },
      problems: results.flatMap(({ problems }) => problems),
    }
  },
)

function tasksOf({ attacks, answers, every, canaries, pairs }: Size, seed: number): Task[] {
  return [
    { kind: 'clauses' },
    { kind: 'echo', canaries, seed },
    ...[null, ...readerMutants.keys()].map((mutant) => ({ kind: 'readers', mutant, seed }) as const),
    ...parts(pairs, 100).map(([from, count]) => ({ kind: 'pairs', pairs: count, seed: seed + from }) as const),
    { kind: 'kept', every },
    ...parts(answers, 1_000).map(([from, count]) => {
      return { kind: 'arbitrary', answers: count, seed: seed + from } as const
    }),
    ...parts(attacks, 250).map(([from, count]) => {
      return { kind: 'attacks', count: attacks, seed, from, to: from + count } as const
    }),
  ]
}

/** A number in parts of at most `most`: where each begins, and how much it has. */
function parts(whole: number, most: number): [from: number, count: number][] {
  return Array.from({ length: Math.ceil(whole / most) }, (_, index) => {
    return [index * most, Math.min(most, whole - index * most)]
  })
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function rounded(share: number): number | null {
  return Number.isFinite(share) ? Math.round(share * 10_000) / 10_000 : null
}
