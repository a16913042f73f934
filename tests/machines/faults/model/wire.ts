import type { Circuit, Embedder, LanguageModel } from '../../../../server/ports.ts'
import type { ModelConfig } from '../../../../server/config.ts'
import type { UpstreamVendor } from '../../../../server/errors.ts'
import type { Behaviour, ModelHttpRequest } from '../../../support/model-server.ts'

/** How long the model asks to be left alone, where it says so. */
export const askedWaitSeconds = 34

/** A direction of its own for every text is not needed: there is one mail. */
export const vector = [1, ...Array<number>(767).fill(0)]

/** Failures that every provider has its own words for. */
export type Failure =
  | 'bad-request'
  | 'forbidden'
  | 'limited-with-time'
  | 'limited'
  | 'internal-error'
  | 'unavailable'
  | 'deadline-exceeded'
  | 'refused-without-answer'
  | 'blocked-prompt'
  | 'max-tokens'

/** What a provider's servers speak, and the adapter that speaks to them. */
export interface Wire {
  readonly vendor: Extract<UpstreamVendor, 'gemini' | 'openai'>
  config(baseUrl: string): ModelConfig
  /** Requests may take so long. */
  adapters(baseUrl: string, deadlineMs: number, circuit: Circuit): { model: LanguageModel; embedder: Embedder }
  readonly failures: Readonly<Record<Failure, () => Behaviour>>
  isEmbedding(request: ModelHttpRequest): boolean
  /** Of the answer that is asked for, by their names. */
  properties(request: ModelHttpRequest): object
  /** The model's words. */
  say(text: string): Behaviour
  /** The body of an answer to an embedding. */
  vectors(request: ModelHttpRequest): object
  /** Vectors, but not for what was asked, and vectors of words. */
  readonly wrongVectors: object
  readonly wordVectors: object
}

export function inTurn(...answers: readonly Behaviour[]): Behaviour {
  let asked = 0
  return (request, response) => answers[asked++ % answers.length]?.(request, response)
}
