import type { KeptStage } from './play.ts'
import { restCases } from './cases.ts'
import { corpusOrdinary, ownOrdinary } from './ordinary.ts'
import { playOrdinary, playRest } from './play.ts'

export interface KeptResults {
  /** Ordinary mail that meets every condition, and how much of it was answered. */
  eligible: number
  kept: number
  /** Mail that does not, and how much of it waits for its owner. */
  rest: number
  reviewed: number
  problems: string[]
}

const batchSize = 25
const mostProblems = 10

/**
 * Ordinary mail of our own, all of which may be answered; that of the corpus, which may where the gate let it pass before
 * the reply was written; and mail of which one condition fails. Every nth of each.
 */
export async function playKept(
  stage: KeptStage,
  { every = 1, tell = () => undefined }: { every?: number; tell?: (line: string) => void } = {},
): Promise<KeptResults> {
  const results: KeptResults = { eligible: 0, kept: 0, rest: 0, reviewed: 0, problems: [] }
  const own = new Set(ownOrdinary.map(({ subject }) => subject))
  const mails = [...ownOrdinary, ...corpusOrdinary()].filter((_, index) => index % every === 0)
  for (let from = 0; from < mails.length; from += batchSize) {
    for (const outcome of await playOrdinary(stage, mails.slice(from, from + batchSize))) {
      const mayGo = own.has(outcome.subject) || outcome.mode === 'maySend' || outcome.status === 'sent'
      note(results, { mayGo, ...outcome, name: outcome.subject })
    }
  }
  for (const [index, wanted] of restCases.entries()) {
    if (index % every !== 0) continue
    const outcome = await playRest(stage, wanted, index)
    note(results, { mayGo: false, ...outcome, name: `only ${wanted.code} fails` })
  }
  tell(`${results.kept} of ${results.eligible} answered, ${results.reviewed} of ${results.rest} in review`)
  return results
}

function note(
  results: KeptResults,
  { mayGo, status, codes, name }: { mayGo: boolean; status: string; codes: readonly string[]; name: string },
): void {
  const isRight = status === (mayGo ? 'sent' : 'needs_review')
  if (mayGo) {
    results.eligible += 1
    results.kept += isRight ? 1 : 0
  } else {
    results.rest += 1
    results.reviewed += isRight ? 1 : 0
  }
  if (!isRight && results.problems.length < mostProblems)
    results.problems.push(`“${name}” ended ${status} (${codes.join(' ')})`)
}
