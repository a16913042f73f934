import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { readerMutants } from './reader-mutants.ts'
import type { SourceMutant } from './source-mutant.ts'

/** How much is played against a mutant: mails of each correspondent of one owner, and pairs. */
export interface MutantSize {
  readonly sheets: number
  readonly pairs: number
}

export interface MutantTask extends MutantSize {
  /** None: the product as it is. */
  readonly mutant: SourceMutant | null
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

/**
 * Plays a small part of the echo and the pairs against each mutant, in a thread of its own; the product as it is comes first, and
 * must pass, or every mutant would be found. A mutant counts as found when a canary leaked or a pair differs, not when it
 * merely fails.
 */
export async function playReaderMutants({
  seed,
  tell,
  mutants = readerMutants,
  size = usualSize,
}: {
  seed: number
  tell: (line: string) => void
  mutants?: readonly SourceMutant[]
  size?: MutantSize
}): Promise<{ mutants: number; killed: number; survivors: string[] }> {
  const sound = await playOne({ mutant: null, seed, ...size })
  if (sound.leaked + sound.differing > 0)
    throw new Error(`the product as it is leaks ${sound.leaked} and differs in ${sound.differing} pairs`)
  const survivors: string[] = []
  for (const mutant of mutants) {
    const { name } = mutant
    try {
      const { leaked, differing, isLoaded } = await playUntilFound({ mutant, seed, ...size })
      if (!isLoaded) survivors.push(`${name} (never loaded)`)
      else if (leaked + differing === 0) survivors.push(name)
      tell(`mutant “${name}”: ${leaked} leaked, ${differing} pairs differ`)
    } catch (error) {
      survivors.push(`${name} (failed: ${error instanceof Error ? error.message : String(error)})`)
    }
  }
  return { mutants: mutants.length, killed: mutants.length - survivors.length, survivors }
}

/** Further small parts where the first does not show it: what is hidden in a world is a matter of chance. */
async function playUntilFound(task: MutantTask): Promise<MutantPlay> {
  let played = await playOne(task)
  for (let part = 1; part < mostParts && played.isLoaded && played.leaked + played.differing === 0; part++) {
    played = await playOne({ ...task, seed: task.seed + part })
  }
  return played
}

async function playOne(workerData: MutantTask): Promise<MutantPlay> {
  const thread = new Worker(new URL('./thread.ts', import.meta.url), { workerData })
  // Rejects when the thread fails before it has said anything.
  const [played] = (await Promise.race([once(thread, 'message'), once(thread, 'exit')])) as [MutantPlay | number]
  await thread.terminate()
  if (typeof played === 'number') throw new Error('it ended without a word')
  return played
}
