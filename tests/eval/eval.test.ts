import { afterAll, describe, expect, test } from 'vitest'
import { readCases } from './case.ts'
import { macroF1, quantile, rates, ratesOf } from './figures.ts'
import { fallen } from './floor.ts'
import { playCase } from './play-case.ts'
import { chartOf, tableOf } from './report.ts'
import { scoreCases } from './scorecard.ts'
import { answersTo, openStage } from './world.ts'

const cases = readCases()

describe('the cases', () => {
  test('are told apart by their ids, and half of each theme is held out', () => {
    expect(cases.length).toBeGreaterThanOrEqual(120)
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length)
    for (const [theme, some] of Map.groupBy(cases, (one) => one.theme)) {
      const held = some.filter(({ split }) => split === 'held-out').length
      expect([theme, Math.abs(2 * held - some.length) <= 1]).toEqual([theme, true])
    }
  })

  test('quote their asks word for word, and name a past conversation that is there', () => {
    const wrong = cases.filter(({ mail, past, expected }) => {
      const isQuoted = expected.asks.every(({ quote }) => mail.text.includes(quote))
      const isThere = expected.foundThread === null || past.some(({ thread }) => thread === expected.foundThread)
      return !isQuoted || !isThere
    })
    expect(wrong.map(({ id }) => id)).toEqual([])
  })

  test('forbid nothing that they require', () => {
    const wrong = cases.filter(({ expected: { required, forbidden } }) =>
      required.flat().some((wanted) => forbidden.some((text) => wanted.toLowerCase().includes(text.toLowerCase()))),
    )
    expect(wrong.map(({ id }) => id)).toEqual([])
  })
})

test('figures are what a count by hand comes to', () => {
  expect(rates({ right: 3, found: 4, wanted: 6 })).toEqual({ precision: 0.75, recall: 0.5, f1: 0.6 })
  expect(rates({ right: 0, found: 0, wanted: 0 })).toEqual({ precision: null, recall: null, f1: null })
  const said = [
    { said: true, is: true },
    { said: true, is: false },
    { said: false, is: true },
  ]
  expect(ratesOf(said)).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5 })
  const labels = [
    { said: 'a', is: 'a' },
    { said: 'a', is: 'b' },
  ]
  expect(macroF1(labels)).toBe(0.3333)
  expect(quantile([3, 1, 2, 4], 0.5)).toBe(2)
  expect(quantile([], 0.5)).toBeNull()
})

test('a figure that fell is told, one that rose or is a time is not', () => {
  const kept = { model: 'offline', figures: { dev: { spamF1: 0.5, falseAutoRate: 0, latencyP50Ms: 3, asksF1: null } } }
  const fell = { ...kept, figures: { dev: { spamF1: 0.4, falseAutoRate: 0.1, latencyP50Ms: 90, asksF1: 0.2 } } }
  expect(fallen(fell, kept)).toEqual(['dev: spamF1 is 0.4, and was 0.5', 'dev: falseAutoRate is 0.1, and was 0'])
  const rose = { ...kept, figures: { dev: { spamF1: 0.9, falseAutoRate: 0, latencyP50Ms: 1, asksF1: null } } }
  expect(fallen(rose, kept)).toEqual([])
})

test('a report shows every figure, and draws those of the held-out cases', () => {
  const report = { model: 'one <model>', figures: { dev: { spamF1: null }, 'held-out': { spamF1: 0.25 } } }
  expect(tableOf(report)).toContain('| spamF1 | none | 0.25 |')
  expect(chartOf(report)).toContain('one model')
  expect(chartOf(report)).toContain('width="75"')
})

describe('a case that is played', async () => {
  const stage = await openStage()
  afterAll(() => stage[Symbol.asyncDispose]())
  const named = (id: string) => cases.find((one) => one.id === id)!

  test('is answered from its notes, and what the model read of it is there to be looked at', async () => {
    const played = await playCase(stage, named('inquiry-en-01'))
    expect(played).toMatchObject({ needsReply: true, intent: 'inquiry', status: 'needs_review' })
    expect(played.draft?.body).toContain('1,850')
    expect(played.prompts.some((prompt) => prompt.includes('small bakery'))).toBe(true)
    expect(answersTo(stage.asked, 'generate')).toHaveLength(1)
    expect(scoreCases([played])).toMatchObject({ cases: 1, requiredHeld: 1, forbiddenSaid: 0, intentAccuracy: 1 })
  })

  test('tells which past conversation was found', async () => {
    const played = await playCase(stage, named('inquiry-es-04'))
    expect(played.found.threads).toContain('taza')
    expect(scoreCases([played])).toMatchObject({ recallAt5ByThread: 1, recallAt5ByMail: 1 })
  })

  test('gives the words of other conversations to nobody', async () => {
    const played = await playCase(
      stage,
      cases.find(({ theme, split }) => theme === 'leaks' && split === 'dev')!,
    )
    expect(scoreCases([played])).toMatchObject({ crossContactLeaks: 0, forbiddenSaid: 0 })
  })
})
