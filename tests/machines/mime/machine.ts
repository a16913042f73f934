import type { MimeCodec } from '../../../server/ports.ts'
import type { TestApp } from '../../support/app.ts'
import { type Agreement, compareOutside, compareParsers, compareQuotes } from './agreement.ts'
import { isTyped, readCorpus } from './corpus-readings.ts'
import { type Suppression, trySuppression } from './suppression.ts'

const maximumMs = 2_000
const minimumShare = 0.95
const minimumOutside = 0.97
/** A sample may be so much poorer than the whole. */
const sampleTolerance = 0.1

interface Run {
  readonly every: number
  /** The application that mail from outside is played on, and which share of it. */
  readonly outside: { readonly app: TestApp; readonly every: number; readonly first?: number }
  tell(line: string): void
}

/** Reads the corpus and compares what comes out; `problems` are sentences, none when every target is met. */
export async function playCorpus(codec: MimeCodec, { every, outside, tell }: Run) {
  const corpus = await readCorpus(codec, { every })
  const typed = corpus.filter(isTyped)
  const worst = corpus.reduce((slowest, one) => (one.ms > slowest.ms ? one : slowest))
  tell(`slowest: ${worst.name}, ${Math.round(worst.ms)} ms`)
  const suppression = await trySuppression(codec, corpus)
  suppression.mistakes.forEach(tell)
  const parsers = await compareParsers(codec)
  const quotes = await compareQuotes(codec)
  const played = await compareOutside(outside.app, outside)
  for (const { name, differences, reason } of [parsers, quotes, played].flatMap((one) => one.disagreements)) {
    tell(`${name}\n  ${differences.join('\n  ')}\n  because: ${reason ?? 'nobody has looked at it yet'}`)
  }
  const floor = outside.every === 1 ? minimumOutside : minimumOutside - sampleTolerance
  const untyped = corpus.filter((one) => !typed.includes(one)).map(({ name }) => name)
  return {
    figures: {
      messages: corpus.length,
      typed: typed.length,
      worstMs: Math.round(worst.ms),
      ...countKinds(corpus.map(({ reading }) => reading.kind)),
      expected: parsers.expected,
      agreed: parsers.agreed,
      agreement: shareOf(parsers),
      machines: suppression.machines,
      machineSuppressed: suppression.machineSuppressed,
      humans: suppression.humans,
      humanSuppressed: suppression.humanSuppressed,
      quotes: quotes.expected,
      quotesAgreed: quotes.agreed,
      quotesAgreement: shareOf(quotes),
      outsideTotal: played.expected,
      outsideAgreed: played.agreed,
    },
    problems: [
      ...untyped.map((name) => `${name} has no typed result`),
      ...(worst.ms > maximumMs ? [`${worst.name} took ${Math.round(worst.ms)} ms`] : []),
      ...problemsOf(suppression),
      ...poor('parsers', parsers),
      ...poor('quotes', quotes),
      ...(shareOf(played) < floor ? [`outside agrees in ${shareOf(played)} only`] : []),
    ],
  }
}

function countKinds(kinds: readonly string[]) {
  const count = (kind: string) => kinds.filter((one) => one === kind).length
  return { parsed: count('parsed'), partial: count('partial'), quarantined: count('quarantined') }
}

function problemsOf({ machines, machineSuppressed, humanSuppressed }: Suppression): string[] {
  return [
    ...(machineSuppressed < machines ? [`${machines - machineSuppressed} machine mails are let through`] : []),
    ...(humanSuppressed > 0 ? [`${humanSuppressed} mails of people are held back`] : []),
  ]
}

function poor(what: string, agreement: Agreement): string[] {
  const unexplained = agreement.disagreements.filter(({ reason }) => reason === undefined)
  return [
    ...(shareOf(agreement) < minimumShare ? [`${what} agree in ${shareOf(agreement)} only`] : []),
    ...unexplained.map(({ name }) => `${name} differs, and no reason is given`),
  ]
}

function shareOf({ agreed, expected }: Agreement): number {
  return Number((agreed / Math.max(1, expected)).toFixed(4))
}
