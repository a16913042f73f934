import type { TokenPrice } from '../../model-question.ts'

/** By model; thinking counts as output. */
export type Prices = Readonly<Record<string, TokenPrice>>

/** Standard paid tier, text, as ai.google.dev/gemini-api/docs/pricing had it in October 2026. */
export const publishedPrices: Prices = {
  'gemini-3.5-flash-lite': { input: 0.3, output: 2.5 },
  'gemini-3.5-flash': { input: 1.5, output: 9 },
  'gemini-2.5-flash': { input: 0.3, output: 2.5 },
  'gemini-embedding-001': { input: 0.15, output: 0 },
}

/** US dollars. 0 for a model without a known price: a budget in tokens still holds it, one in money does not. */
export function costOf(prices: Prices, modelId: string, tokens: { input: number; output: number }): number {
  const price = prices[modelId]
  return price ? (tokens.input * price.input + tokens.output * price.output) / 1_000_000 : 0
}
