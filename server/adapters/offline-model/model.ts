import type { ModelFacts } from '../../model-question.ts'
import type { Embedder, LanguageModel } from '../../ports.ts'
import { classify, type Classification } from './classify.ts'
import { type Choice, decide } from './decide.ts'
import { embedder } from './embedder.ts'
import { generate, type Draft } from './generate.ts'
import { type Verification, verify } from './verify.ts'

const id = 'offline-rules-1'
const free = { input: 0, output: 0 }

/**
 * Rules, templates and hashed n-grams in place of a model: deterministic, instant, free of charge, and under names of
 * their own in every trace. It reads the facts of a question and neither prompt nor schema.
 */
export function createOfflineModel(): { model: LanguageModel; embedder: Embedder } {
  return {
    model: {
      ids: { classify: id, generate: id },
      prices: { classify: free, decide: free, generate: free, verify: free },
      answer: ({ facts }) =>
        Promise.resolve({ json: answerTo(facts), model: id, inputTokens: 0, outputTokens: 0, cost: 0 }),
    },
    embedder,
  }
}

function answerTo(facts: ModelFacts): Classification | Choice | Draft | Verification {
  switch (facts.task) {
    case 'classify':
      return classify(facts)
    case 'decide':
      return decide(facts)
    case 'generate':
      return generate(facts)
    case 'verify':
      return verify(facts)
  }
}
