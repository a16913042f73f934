import { type Behaviour, drip, hang, resetMidBody } from '../../../support/model-server.ts'
import type { ModelCall } from './model-calls.ts'
import type { Failure, Wire } from './wire.ts'

const fence = '```'
const megabytes = 'All is well. '.repeat(400_000)

type Misbehave = (wire: Wire, call: ModelCall) => Behaviour

/** The 20 ways in which an answer of the model goes wrong, or only looks as if. */
export const behaviours = {
  'bad-request': failing('bad-request'),
  forbidden: failing('forbidden'),
  'limited-with-time': failing('limited-with-time'),
  limited: failing('limited'),
  'internal-error': failing('internal-error'),
  unavailable: failing('unavailable'),
  'deadline-exceeded': failing('deadline-exceeded'),
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
  'refused-without-answer': failing('refused-without-answer'),
  'blocked-prompt': failing('blocked-prompt'),
  'max-tokens': failing('max-tokens'),
} as const satisfies Record<string, Misbehave>

export type BehaviourName = keyof typeof behaviours

function failing(name: Failure): Misbehave {
  return (wire) => wire.failures[name]()
}

/** The text of a good answer, made into another one. */
function spoken(change: (good: string) => string): Misbehave {
  return (_wire, call) => (request, response) => call.say(change(JSON.stringify(call.good(request))))(request, response)
}

/** A good answer with other values. */
function changed(change: (call: ModelCall) => object): Misbehave {
  return (_wire, call) => (request, response) =>
    call.say(JSON.stringify({ ...call.good(request), ...change(call) }))(request, response)
}
