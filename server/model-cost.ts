import { isBudgetExhausted, isUpstream } from './errors.ts'
import { genAi, operations } from './gen-ai.ts'
import { modelCallDuration, modelCost, modelTokens } from './metrics.ts'
import type { Amount, ModelFacts, ModelRequest, TokenPrice } from './model-question.ts'
import type { Ports, Spender } from './ports.ts'
import { traced } from './tracing.ts'

/** What the wire format and the roles add to the texts of a question. */
const frameTokens = 200

/** Known to cost nothing, as opposed to a price nobody knows: that one still counts in tokens. */
export function isFree(price: TokenPrice | undefined): boolean {
  return price?.input === 0 && price.output === 0
}

/** What an answer can cost at most, thoughts included. */
export function mostOfAnswer(request: ModelRequest, price: TokenPrice | undefined): Amount {
  const { system, prompt, schema, maxOutputTokens } = request
  const input = mostTokens(system) + mostTokens(prompt) + mostTokens(JSON.stringify(schema)) + frameTokens
  return amountOf({ input, output: maxOutputTokens }, price)
}

/** Vectors of these texts, if the budget allows them. Nobody tells what they cost, so that is what they may at most. */
export async function embedWithinBudget(
  { budget, embedder }: Pick<Ports, 'budget' | 'embedder'>,
  spender: Spender,
  texts: readonly string[],
  embed: () => Promise<number[][]>,
): Promise<number[][]> {
  const startedAt = performance.now()
  const count = (outcome: string) => {
    const seconds = (performance.now() - startedAt) / 1_000
    countModelCall({ task: 'embed', model: embedder.modelId, outcome, seconds })
  }
  try {
    const facts = { [genAi.operation]: operations.embeddings, [genAi.requestModel]: embedder.modelId }
    const vectors = await traced(`${operations.embeddings} ${embedder.modelId}`, { kind: 'client', facts }, () =>
      embedAffordable({ budget, embedder }, spender, texts, embed),
    )
    count('ok')
    return vectors
  } catch (error) {
    count(outcomeOf(error))
    throw error
  }
}

function embedAffordable(
  { budget, embedder }: Pick<Ports, 'budget' | 'embedder'>,
  spender: Spender,
  texts: readonly string[],
  embed: () => Promise<number[][]>,
): Promise<number[][]> {
  const { price, maxTokens = Infinity } = embedder
  if (isFree(price)) return embed()
  const input = texts.reduce((sum, text) => sum + Math.min(mostTokens(text) + 1, maxTokens), 0)
  return budget.spend(spender, amountOf({ input, output: 0 }, price), async () => ({
    answer: await embed(),
    used: null,
  }))
}

/** Why there was no answer, in one word of a closed set. */
export function outcomeOf(error: unknown): string {
  if (isUpstream(error)) return error.kind
  return isBudgetExhausted(error) ? 'over_budget' : 'failed'
}

/** Adds one question to the figures of this process. */
export function countModelCall(
  call: { task: ModelFacts['task'] | 'embed'; model: string; outcome: string; seconds: number },
  used?: { inputTokens: number; outputTokens: number; cost: number },
): void {
  const { task, model, outcome, seconds } = call
  modelCallDuration.observe({ task, model, outcome }, seconds)
  if (!used) return
  modelTokens.inc({ task, model, direction: 'input' }, used.inputTokens)
  modelTokens.inc({ task, model, direction: 'output' }, used.outputTokens)
  modelCost.inc({ task, model }, used.cost)
}

/** Four times the usual count in English: but no tokenizer makes more tokens than there are bytes, whatever the script. */
function mostTokens(text: string): number {
  return Buffer.byteLength(text)
}

function amountOf(tokens: { input: number; output: number }, price: TokenPrice = { input: 0, output: 0 }): Amount {
  const cost = (tokens.input * price.input + tokens.output * price.output) / 1_000_000
  return { cost, tokens: tokens.input + tokens.output }
}
