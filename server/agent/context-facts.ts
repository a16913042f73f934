import type { Source, SourceRef } from '../../shared-types/index.ts'
import type { ContextFacts } from '../model-question.ts'
import type { ContextItem, RunState } from './state.ts'

/** Everything that was found for the reply. */
export function contextItems({ retrieve, execute }: RunState): ContextItem[] {
  return [...(retrieve?.items ?? []), ...(execute?.items ?? [])]
}

/** The same as a model is told of it. */
export function contextFacts(state: RunState): ContextFacts[] {
  return contextItems(state).map(({ source, ...item }) => ({ ...item, audience: source.audience }))
}

/** What the record of a run may tell of context: a label can hold words of a mail. */
export function sourceRefs(sources: readonly Source[]): SourceRef[] {
  return sources.map(({ kind, id, audience }) => ({ kind, id, audience }))
}
