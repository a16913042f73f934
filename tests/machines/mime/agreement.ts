import type { MimeCodec } from '../../../server/ports.ts'
import type { TestApp } from '../../support/app.ts'
import { headerExpectations } from './expected-headers.ts'
import { mime4jExpectations } from './expected-mime4j.ts'
import { stalwartExpectations } from './expected-stalwart.ts'
import { outsideCases } from './outside-cases.ts'
import { createStage } from './outside-play.ts'
import { brokenClaims } from './quote-claims.ts'
import { quoteCases } from './quote-cases.ts'
import { reasons } from './reasons.ts'

export interface Agreement {
  readonly expected: number
  readonly agreed: number
  readonly disagreements: readonly Disagreement[]
}

export interface Disagreement {
  readonly name: string
  readonly differences: readonly string[]
  /** Why ours is kept; missing when nobody has looked at it. */
  readonly reason: string | undefined
}

/** How far our reading of other parsers' test mails is theirs. */
export async function compareParsers(codec: MimeCodec): Promise<Agreement> {
  const all = [...stalwartExpectations(), ...headerExpectations(), ...mime4jExpectations()]
  return compare(all, async ({ raw, differences }) => {
    const { mail, problem } = await codec.parse(raw)
    return mail ? differences(mail) : [problem]
  })
}

/** How far what we call fresh is what other libraries' tests call the reply. */
export async function compareQuotes(codec: MimeCodec): Promise<Agreement> {
  return compare(quoteCases(), async (quoteCase) => {
    const startedAt = performance.now()
    const { mail } = await codec.parse(quoteCase.raw)
    const seconds = (performance.now() - startedAt) / 1_000
    const isSlow = seconds > (quoteCase.claims.maxSeconds ?? Infinity)
    return [...brokenClaims(quoteCase, mail?.freshText ?? ''), ...(isSlow ? [`took ${seconds} s`] : [])]
  })
}

/** How far the whole product does with mail after other products' bug reports what is right; every nth of them. */
export async function compareOutside(app: TestApp, { every, first = 0 }: { every: number; first?: number }) {
  const cases = outsideCases().filter((_, index) => index % every === first % every)
  return compare(cases, createStage(app))
}

async function compare<T extends { name: string }>(
  cases: readonly T[],
  differencesOf: (one: T) => Promise<string[]>,
): Promise<Agreement> {
  const disagreements: Disagreement[] = []
  // One after the other: a time in the queue is no reading time.
  for (const one of cases) {
    const differences = await differencesOf(one)
    if (differences.length > 0) disagreements.push({ name: one.name, differences, reason: reasons[one.name] })
  }
  return { expected: cases.length, agreed: cases.length - disagreements.length, disagreements }
}
