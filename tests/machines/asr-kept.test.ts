import { afterAll, expect, test } from 'vitest'
import { hasCorpus } from '../support/corpus.ts'
import { restCases } from './asr/kept/cases.ts'
import { ownOrdinary } from './asr/kept/ordinary.ts'
import { playKept } from './asr/kept/kept.ts'
import { playClauseMutants } from './asr/mutants/clauses.ts'
import { openKeptStage, playOrdinary, playRest } from './asr/kept/play.ts'

const stage = await openKeptStage()
afterAll(() => stage[Symbol.asyncDispose]())

test('ordinary mail of somebody the owner knows is answered', async () => {
  const mails = ownOrdinary.filter((_, index) => index % 6 === 0)
  const outcomes = await playOrdinary(stage, mails)
  expect(outcomes.map(({ status, codes, subject }) => [subject, status, codes])).toEqual(
    mails.map(({ subject }) => [subject, 'sent', []]),
  )
})

test.each(restCases.map((wanted, index) => ({ ...wanted, index })))(
  'a mail of which $code alone fails waits for its owner',
  async ({ index, ...wanted }) => {
    expect(await playRest(stage, wanted, index)).toEqual({ status: 'needs_review', codes: [wanted.code] })
  },
)

test('every condition of the gate that is taken out or turned round is noticed', async () => {
  const { mutants, killed, survivors } = await playClauseMutants(stage)
  expect(survivors).toEqual([])
  expect(killed).toBe(mutants)
  expect(mutants).toBeGreaterThan(60)
})

test.runIf(hasCorpus())('of the ordinary mail of the corpus what may be answered is, and the rest waits', async () => {
  const { eligible, kept, rest, reviewed, problems } = await playKept(stage, { every: 12 })
  expect(problems).toEqual([])
  expect(kept / eligible).toBeGreaterThanOrEqual(0.95)
  expect(reviewed).toBe(rest)
})
