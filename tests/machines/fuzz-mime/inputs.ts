import { corpusMails } from '../../support/corpus.ts'
import { Random } from '../../support/seeded-random.ts'
import { mutate } from './mutate.ts'
import { torture } from './torture.ts'

export interface FuzzInput {
  readonly name: string
  readonly raw: Buffer
}

/** Most mails are small: the many variants of these cost little. */
const smallBytes = 8_000
const largeShare = 1 / 250

/**
 * The corpus as it is, the torture mails, then as many changed mails as are left; each follows from the seed and its
 * place alone. Every `corpusEvery`th mail of the corpus is taken.
 */
export function openInputs({ seed, corpusEvery }: { seed: number; corpusEvery: number }) {
  const mails = ['mime', 'machine-mail', 'ham-spam'].flatMap((part) => corpusMails(part, { every: corpusEvery }))
  const given = [
    ...mails.map(({ name, read }) => ({ name, make: read })),
    ...Object.entries(torture).map(([name, make]) => ({ name, make })),
  ]
  const all = given.map(({ make }) => make()).filter((raw) => raw.length > 0)
  const small = all.filter((raw) => raw.length <= smallBytes)
  return {
    /** How many are not changed. */
    given: given.length,
    at(index: number): FuzzInput {
      const one = given[index]
      if (one) return { name: one.name, raw: one.make() }
      const random = new Random(seed + 7_919 * index)
      const base = random.pick(random.chance(largeShare) ? all : small) ?? Buffer.alloc(0)
      return { name: `changed mail ${index}`, raw: mutate(base, random.pick(small) ?? Buffer.alloc(0), random) }
    },
  }
}
