import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ReaderMutant } from './reader-mutants.ts'

/** How much is played: mails of each correspondent of one owner, or pairs. */
export interface MutantSize {
  readonly sheets: number
  readonly pairs: number
}

export interface MutantTask extends MutantSize {
  readonly machine: ReaderMutant['shownBy']
  /** None: the product as it is. */
  readonly mutant: ReaderMutant | null
  readonly seed: number
}

export interface MutantPlay {
  readonly leaked: number
  readonly differing: number
  readonly isLoaded: boolean
}

const mostParts = 5
/** Enough pairs for one of each kind. */
const usualSize: MutantSize = { sheets: 3, pairs: 16 }

interface Options {
  readonly seed: number
  readonly size?: MutantSize
}

/** What both machines say against the product as it is, in words: nothing, or they would find every mutant. */
export async function playSound({ seed, size = usualSize }: Options): Promise<string[]> {
  const echo = await playOne({ machine: 'echo', mutant: null, seed, ...size })
  const pairs = await playOne({ machine: 'pairs', mutant: null, seed, ...size })
  if (echo.leaked + pairs.differing === 0) return []
  return [`the product as it is leaks ${echo.leaked} and differs in ${pairs.differing} pairs`]
}

/**
 * Plays small parts of one machine against a mutant, each in a thread of its own, until it is found: what is hidden in a world is a
 * matter of chance. It counts as found when a canary leaked or a pair differs, not when it merely fails. Answers how it
 * survived, or null.
 */
export async function playReaderMutant(
  mutant: ReaderMutant,
  { seed, size = usualSize, tell }: Options & { tell: (line: string) => void },
): Promise<string | null> {
  const { name, shownBy: machine } = mutant
  try {
    for (let part = 0; part < mostParts; part++) {
      const { leaked, differing, isLoaded } = await playOne({ machine, mutant, seed: seed + part, ...size })
      if (!isLoaded) return `${name} (never loaded)`
      tell(`mutant “${name}”: ${leaked} leaked, ${differing} pairs differ`)
      if (leaked + differing > 0) return null
    }
    return name
  } catch (error) {
    return `${name} (failed: ${error instanceof Error ? error.message : String(error)})`
  }
}

async function playOne(workerData: MutantTask): Promise<MutantPlay> {
  const thread = new Worker(new URL('./thread.ts', import.meta.url), { workerData })
  // Rejects when the thread fails before it has said anything.
  const [played] = (await Promise.race([once(thread, 'message'), once(thread, 'exit')])) as [MutantPlay | number]
  await thread.terminate()
  if (typeof played === 'number') throw new Error('it ended without a word')
  return played
}
