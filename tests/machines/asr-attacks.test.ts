import { afterAll, expect, test } from 'vitest'
import { chooseAttacks, countAll, stages } from './asr/attacks/attacks.ts'
import { carrierNames } from './asr/attacks/carriers.ts'
import { encodingNames } from './asr/attacks/encodings.ts'
import { readGoals } from './asr/attacks/goals.ts'
import { openAttackStage, playArbitrary, playAttacks } from './asr/attacks/play.ts'
import { hasCorpus } from '../support/corpus.ts'

const stage = await openAttackStage()
afterAll(() => stage[Symbol.asyncDispose]())

test.runIf(hasCorpus())(
  'a sample of attacks has every encoding, carrier and stage, and the whole has each of them once',
  () => {
    const goals = readGoals().slice(0, 7)
    const sample = chooseAttacks(goals, { count: 720, seed: 1 })
    for (const [trait, all] of [
      ['encoding', encodingNames],
      ['carrier', carrierNames],
      ['stage', stages],
    ] as const)
      expect(new Set(sample.map((attack) => attack[trait]))).toEqual(new Set(all))
    const whole = chooseAttacks(goals, { count: Infinity, seed: 1 })
    const names = whole.map(({ goal, encoding, carrier, stage: at }) => [goal.name, encoding, carrier, at].join())
    expect(new Set(names).size).toBe(countAll(goals))
  },
)

test.runIf(hasCorpus())(
  'a model in the attacker’s hand causes nothing but drafts in the thread and replies to the sender',
  async () => {
    const attacks = chooseAttacks(readGoals(), { count: 60, seed: 1 })
    const { escaped, problems, sent } = await playAttacks(stage, attacks)
    expect(problems).toEqual([])
    expect(escaped).toBe(0)
    expect(sent).toBeGreaterThan(0)
  },
)

test('whatever a model answers, nothing happens but drafts in the thread and replies to the sender', async () => {
  const { answers, escaped, problems } = await playArbitrary(stage, { answers: 60, seed: 1 })
  expect(problems).toEqual([])
  expect(escaped).toBe(0)
  expect(answers).toBeGreaterThanOrEqual(60)
})
