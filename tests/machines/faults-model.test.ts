import { afterAll, expect, test } from 'vitest'
import { Machine } from './faults/machine.ts'
import { modelCells } from './faults/model/cell.ts'

// The cells of the model that `npm run test:faults` plays beside those of Gmail.
const machine = new Machine()
afterAll(() => machine[Symbol.asyncDispose]())

test.each(modelCells)(
  'when the model answers $call with $behaviour nothing is made up, and all else goes on',
  async ({ name }) => {
    expect(await machine.play(name)).toEqual([])
  },
)

test('the machine notices a model that makes up an intent where it has none', async () => {
  const json = { intent: 'other', confidence: 1, reason: 'It must be.', language: 'en', needsReply: false, asks: [] }
  const used = { model: 'none', inputTokens: 0, outputTokens: 0, cost: 0 }
  const problems = await machine.play('model:classify:prose', {
    model: ({ model, embedder }) => ({
      embedder,
      model: { ...model, answer: (...args) => model.answer(...args).catch(() => ({ ...used, json })) },
    }),
  })
  expect(problems.join('\n')).toContain('the mail is no_reply, its intent other')
})
