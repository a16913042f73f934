import type { AgentStep } from '../agent-step.ts'
import { planFor } from '../tools/catalog.ts'

/** Which tools to run: fixed an intent. */
export const decide: AgentStep<'decide'> = {
  name: 'decide',
  run({ state }) {
    const tools = planFor(state.classify?.intent ?? 'other')
    return Promise.resolve({ addition: { tools }, output: { tools } })
  },
}
