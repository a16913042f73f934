import type { UpstreamKind } from '../../../../server/errors.ts'
import type { BehaviourName } from './behaviours.ts'
import type { ModelCallName } from './model-calls.ts'

/** What comes of it: a failure of this kind, or `good` where the answer is as good as one without flaw. */
export type Expectation = UpstreamKind | 'good'

const all = (expectation: Expectation) => ({
  classify: expectation,
  embed: expectation,
  decide: expectation,
  generate: expectation,
  verify: expectation,
})
/** Where the text of the answer is the whole body, the client cannot read it and throws it away. */
const said = (expectation: Expectation) => ({ ...all(expectation), embed: 'unavailable' }) as const
/** An answer that holds no vectors, whatever else it says. */
const told = (expectation: Expectation) => ({ ...all(expectation), embed: 'bad_answer' }) as const

export const expectations: Readonly<Record<BehaviourName, Readonly<Record<ModelCallName, Expectation>>>> = {
  'bad-request': all('rejected'),
  forbidden: all('rejected'),
  'limited-with-time': all('rate_limited'),
  limited: all('rate_limited'),
  'internal-error': all('unavailable'),
  unavailable: all('unavailable'),
  'deadline-exceeded': all('unavailable'),
  hang: all('timeout'),
  'one-byte-a-second': all('timeout'),
  'reset-mid-body': all('unavailable'),
  'truncated-json': said('bad_answer'),
  'fenced-json': said('good'),
  prose: said('bad_answer'),
  'wrong-enum': all('bad_answer'),
  'extra-keys': all('good'),
  'words-for-numbers': all('bad_answer'),
  'five-megabytes': said('bad_answer'),
  'refused-without-answer': told('refused'),
  'blocked-prompt': told('refused'),
  'max-tokens': told('truncated'),
}
