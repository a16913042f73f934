import { expect, test } from 'vitest'
import { createOfflineModel } from '../../server/adapters/offline-model/model.ts'
import type { LanguageModel } from '../../server/ports.ts'
import { removeSources } from './removal/machine.ts'

test('what stands on a source is gone without it, or asked of the owner, in 100 removals', async () => {
  const { figures, problems } = await removeSources({ removals: 100, seed: 1 })
  expect(problems).toEqual([])
  expect(figures).toMatchObject({ removals: 100, orphans: 0, silent: 0 })
  expect(figures.vanished).toBeGreaterThan(80)
  expect(figures.asked).toBeGreaterThan(30)
})

test('a model that says the same without its source is found out', async () => {
  const { model } = createOfflineModel()
  const said: string[] = []
  const stubborn: LanguageModel = {
    ...model,
    async answer(request, signal) {
      const answer = await model.answer(request, signal)
      const json = answer.json as { body: string }
      said.push(json.body)
      const isAgain = said.length % 2 === 0
      return isAgain ? { ...answer, json: { ...json, body: `${said.at(-2)}\n${json.body}` } } : answer
    },
  }
  const { figures, problems } = await removeSources({ removals: 20, seed: 1, model: stubborn })
  expect(figures.orphans).toBeGreaterThan(0)
  expect(problems[0]).toContain('still stands without')
})
