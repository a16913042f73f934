import { afterAll, expect, test } from 'vitest'
import { Machine } from './faults/machine.ts'
import { modelCells } from './faults/model/cell.ts'
import { sampleCells } from './faults/sample.ts'

// A fifth of the cells of each provider that `npm run test:faults` plays: every misbehaviour once, at every call some.
const sample = (['gemini', 'openai'] as const).flatMap((provider, seed) =>
  sampleCells(
    modelCells.filter(({ vendor }) => vendor === provider),
    { faultOf: ({ behaviour }) => behaviour, callOf: ({ call }) => call, perFault: 1, seed: seed + 1 },
  ),
)
const machine = new Machine()
afterAll(() => machine[Symbol.asyncDispose]())

test('the sample has every misbehaviour and every call', () => {
  for (const trait of ['vendor', 'behaviour', 'call'] as const)
    expect(new Set(sample.map((cell) => cell[trait]))).toEqual(new Set(modelCells.map((cell) => cell[trait])))
})

test.each(sample)(
  'when a model of $vendor answers $call with $behaviour nothing is made up, and all else goes on',
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
