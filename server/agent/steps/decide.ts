import type { AgentStep } from '../agent-step.ts'
import { planFor } from '../tools/catalog.ts'

/** Which tools to run: fixed an intent and mode. */
export const decide: AgentStep<'decide'> = {
  name: 'decide',
  run({ input, state }) {
    const maySend = state.gate?.mode === 'maySend'
    const tools = planFor(state.classify?.intent ?? 'other', { maySend, settings: input.settings })
    return Promise.resolve({ addition: { tools }, output: { tools } })
  },
}
