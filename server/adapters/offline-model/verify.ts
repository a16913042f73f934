import type { ModelFacts } from '../../model-question.ts'
import { boundedText } from './text.ts'

export interface Verification {
  readonly verdict: 'send' | 'ask'
  readonly reason: string
}

/** Objects to a place left open, and to a number that stands in neither the mail nor the context. */
export function verify({ mail, reply, context }: Extract<ModelFacts, { task: 'verify' }>): Verification {
  if (/\[[^\]\s][^\]]{0,80}\]|\{\{/.test(reply)) return { verdict: 'ask', reason: 'A place in the reply is left open.' }
  const known = new Set(
    numbersIn([mail.subject, mail.text, mail.quoted, ...context.map(({ text }) => text)].join('\n')),
  )
  const invented = numbersIn(reply).find((number) => !known.has(number))
  if (invented) return { verdict: 'ask', reason: `Nobody has said ${invented}.` }
  return { verdict: 'send', reason: 'Every number in the reply stands in the mail or the context.' }
}

function numbersIn(text: string): string[] {
  return boundedText(text).match(/\d+/g) ?? []
}
