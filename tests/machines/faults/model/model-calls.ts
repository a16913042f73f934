import { parts } from '../../../support/gemini-server.ts'
import { type Behaviour, type ModelHttpRequest, raw } from '../../../support/model-server.ts'

/** One kind of question to the model, and how it is answered well and badly. */
export interface ModelCall {
  isMeant(request: ModelHttpRequest): boolean
  /** What a good model answers. */
  good(request: ModelHttpRequest): object
  /** The text as this call's answer. */
  say(text: string): Behaviour
  /** What makes a good answer one outside of what was asked for. */
  readonly wrongEnum: object
  readonly wordsForNumbers: object
}

const answers = (text: string) => parts({ text })

function asksFor(request: ModelHttpRequest, property: string): boolean {
  return property in (request.body.generationConfig?.responseSchema?.properties ?? {})
}

/** A direction of its own for every text is not needed: there is one mail. */
const vector = [1, ...Array<number>(767).fill(0)]

export const goodReply = 'Dear Ada, gladly, all the drawings are here.'

/** The calls a mail needs. */
export const modelCalls = {
  classify: {
    isMeant: (request) => asksFor(request, 'intent'),
    good: () => ({
      intent: 'inquiry',
      confidence: 0.95,
      reason: 'It asks for a drawing.',
      language: 'en',
      needsReply: true,
      asks: ['May I see it?'],
    }),
    say: answers,
    wrongEnum: { intent: 'refund_everything' },
    wordsForNumbers: { confidence: 'very sure' },
  },
  embed: {
    isMeant: ({ path }) => path.includes('batchEmbedContents'),
    good: ({ body }) => ({ embeddings: (body.requests as object[]).map(() => ({ values: vector })) }),
    say: (text) => raw(text),
    wrongEnum: { embeddings: [{ values: vector.slice(1) }] },
    wordsForNumbers: { embeddings: [{ values: vector.map(String) }] },
  },
  decide: {
    isMeant: (request) => asksFor(request, 'tools'),
    good: () => ({ tools: ['availability'] }),
    say: answers,
    wrongEnum: { tools: ['send_mail'] },
    wordsForNumbers: { tools: 'all of them' },
  },
  generate: {
    isMeant: (request) => asksFor(request, 'body'),
    good: () => ({ body: goodReply, openQuestions: [], usedSources: [], confidence: 0.95, language: 'en' }),
    say: answers,
    wrongEnum: { language: 'the language of the sender' },
    wordsForNumbers: { confidence: 'very sure' },
  },
  verify: {
    isMeant: (request) => asksFor(request, 'verdict'),
    good: () => ({ verdict: 'send', reason: 'It says nothing new.' }),
    say: answers,
    wrongEnum: { verdict: 'send_to_all' },
    wordsForNumbers: { verdict: ['send'] },
  },
} as const satisfies Record<string, ModelCall>

export type ModelCallName = keyof typeof modelCalls
export const modelCallNames = Object.keys(modelCalls) as ModelCallName[]

/** Without an answer the run goes on to its end. */
export function isDispensable(call: ModelCallName): boolean {
  return call === 'decide' || call === 'verify'
}

/** Gemini as it is on a good day, but for one kind of question. */
export function geminiThat(misbehaves?: { call: ModelCallName; behaviour: Behaviour }): Behaviour {
  return (request, response) => {
    const name = modelCallNames.find((each) => modelCalls[each].isMeant(request))
    if (!name) throw new Error('nobody asks such a question')
    const call: ModelCall = modelCalls[name]
    const answer = misbehaves?.call === name ? misbehaves.behaviour : call.say(JSON.stringify(call.good(request)))
    answer(request, response)
  }
}
