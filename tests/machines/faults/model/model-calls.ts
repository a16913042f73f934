import { type Behaviour, type ModelHttpRequest, raw } from '../../../support/model-server.ts'
import type { Wire } from './wire.ts'

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

export const goodReply = 'Dear Ada, gladly, all the drawings are here.'

export const modelCallNames = ['classify', 'embed', 'decide', 'generate', 'verify'] as const
export type ModelCallName = (typeof modelCallNames)[number]
export type ModelCalls = Readonly<Record<ModelCallName, ModelCall>>

/** The calls a mail needs. */
export function callsOn(wire: Wire): ModelCalls {
  const question = (property: string) => ({
    isMeant: (request: ModelHttpRequest) => property in wire.properties(request),
    say: (text: string) => wire.say(text),
  })
  return {
    classify: {
      ...question('intent'),
      good: () => ({
        intent: 'inquiry',
        confidence: 0.95,
        reason: 'It asks for a drawing.',
        language: 'en',
        needsReply: true,
        asks: [{ text: 'May I see it?', due: null }],
      }),
      wrongEnum: { intent: 'refund_everything' },
      wordsForNumbers: { confidence: 'very sure' },
    },
    embed: {
      isMeant: (request) => wire.isEmbedding(request),
      good: (request) => wire.vectors(request),
      say: (text) => raw(text),
      wrongEnum: wire.wrongVectors,
      wordsForNumbers: wire.wordVectors,
    },
    decide: {
      ...question('tools'),
      good: () => ({ tools: ['availability'] }),
      wrongEnum: { tools: ['send_mail'] },
      wordsForNumbers: { tools: 'all of them' },
    },
    generate: {
      ...question('body'),
      good: () => ({ body: goodReply, openQuestions: [], citations: [], confidence: 0.95, language: 'en' }),
      wrongEnum: { language: 'the language of the sender' },
      wordsForNumbers: { confidence: 'very sure' },
    },
    verify: {
      ...question('verdict'),
      good: () => ({ verdict: 'send', reason: 'It says nothing new.' }),
      wrongEnum: { verdict: 'send_to_all' },
      wordsForNumbers: { verdict: ['send'] },
    },
  }
}

/** Without an answer the run goes on to its end. */
export function isDispensable(call: ModelCallName): boolean {
  return call === 'decide' || call === 'verify'
}

/** The model as it is on a good day, but for one kind of question. */
export function modelThat(calls: ModelCalls, misbehaves?: { call: ModelCallName; behaviour: Behaviour }): Behaviour {
  return (request, response) => {
    const name = modelCallNames.find((each) => calls[each].isMeant(request))
    if (!name) throw new Error('nobody asks such a question')
    const call = calls[name]
    const answer = misbehaves?.call === name ? misbehaves.behaviour : call.say(JSON.stringify(call.good(request)))
    answer(request, response)
  }
}
