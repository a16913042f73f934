import type { RunRequest } from '../../shared-types/index.ts'
import type { ContextItem } from './state.ts'

/** The owner's answers to open questions of an earlier draft: theirs to be told. */
export function answerItems(request: RunRequest | null): ContextItem[] {
  return (request?.answers ?? []).map(({ question, answer }, index) => ({
    id: `answer:${index + 1}`,
    kind: 'answer',
    label: question,
    text: answer,
    source: { kind: 'answer', id: null, label: question, audience: 'correspondent' },
  }))
}
