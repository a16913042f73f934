import { candidate, failing } from '../../../support/gemini-server.ts'
import { drip, hang, json, resetMidBody, type Behaviour } from '../../../support/model-server.ts'
import type { ModelCall } from './model-calls.ts'

/** How long the model asks to be left alone, where it says so. */
export const askedWaitSeconds = 34

const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${askedWaitSeconds}s` }
const fence = '```'
const megabytes = 'All is well. '.repeat(400_000)

/** The 20 ways in which an answer of the model goes wrong, or only looks as if. */
export const behaviours = {
  'bad-request': () => failing(400, 'INVALID_ARGUMENT'),
  forbidden: () => failing(403, 'PERMISSION_DENIED'),
  'limited-with-time': () => failing(429, 'RESOURCE_EXHAUSTED', [retryInfo]),
  limited: () => failing(429, 'RESOURCE_EXHAUSTED'),
  'internal-error': () => failing(500, 'INTERNAL'),
  unavailable: () => failing(503, 'UNAVAILABLE'),
  'deadline-exceeded': () => failing(504, 'DEADLINE_EXCEEDED'),
  hang: () => hang,
  'one-byte-a-second': () => drip,
  'reset-mid-body': () => resetMidBody,
  'truncated-json': spoken((good) => good.slice(0, good.length / 2)),
  'fenced-json': spoken((good) => `${fence}json\n${good}\n${fence}`),
  prose: spoken(() => 'Sure! It is an inquiry, and I would answer that two drawings cost ninety pounds.'),
  'wrong-enum': changed(({ wrongEnum }) => wrongEnum),
  'extra-keys': changed(() => ({ status: 'sent', sendTo: 'mallory@evil.example', actions: ['send_mail'] })),
  'words-for-numbers': changed(({ wordsForNumbers }) => wordsForNumbers),
  'five-megabytes': spoken(() => megabytes),
  'refused-without-answer': () =>
    inTurn(candidate({ finishReason: 'SAFETY' }), candidate({ finishReason: 'RECITATION' })),
  'blocked-prompt': () => json({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }),
  'max-tokens': () => candidate({ finishReason: 'MAX_TOKENS', content: { role: 'model', parts: [{ text: '{"in' }] } }),
} as const satisfies Record<string, (call: ModelCall) => Behaviour>

export type BehaviourName = keyof typeof behaviours

function inTurn(...answers: readonly Behaviour[]): Behaviour {
  let asked = 0
  return (request, response) => answers[asked++ % answers.length]?.(request, response)
}

/** The text of a good answer, made into another one. */
function spoken(change: (good: string) => string) {
  return (call: ModelCall): Behaviour =>
    (request, response) =>
      call.say(change(JSON.stringify(call.good(request))))(request, response)
}

/** A good answer with other values. */
function changed(change: (call: ModelCall) => object) {
  return (call: ModelCall): Behaviour =>
    (request, response) =>
      call.say(JSON.stringify({ ...call.good(request), ...change(call) }))(request, response)
}
