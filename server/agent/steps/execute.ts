import type { ExecuteOutput } from '../../../shared-types/index.ts'
import { reasonOf } from '../../errors.ts'
import type { AgentStep, StepContext } from '../agent-step.ts'
import { sourceRefs } from '../context-facts.ts'
import { elapsedMs } from '../recorder.ts'
import { withinCaps } from '../source-budget.ts'
import type { ToolName } from '../state.ts'
import { toolNamed } from '../tools/catalog.ts'
import type { ToolResult } from '../tools/tool.ts'

const deadlineMs = 10_000

/** Runs the planned tools side by side, each with a deadline; one that fails is recorded and leaves the others alone. */
export const execute: AgentStep<'execute'> = {
  name: 'execute',
  async run(run) {
    const results = await Promise.all((run.state.decide?.tools ?? []).map((name) => runTool(run, name)))
    const found = results.filter((result) => result !== null)
    const items = withinCaps(found.flatMap((result) => result.items ?? []))
    const slots = found.flatMap((result) => result.slots ?? [])
    const proposal = found.find((result) => result.proposal)?.proposal
    const output: ExecuteOutput = { sources: sourceRefs(items.map(({ source }) => source)), slots: slots.length }
    return { addition: { items, slots, ...(proposal && { proposal }) }, output }
  },
}

async function runTool(
  { ctx, input, state, recorder, signal }: StepContext,
  name: ToolName,
): Promise<ToolResult | null> {
  const startedAt = performance.now()
  const record = { tool: name, input: { emailId: input.email.id } }
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
    const result = await toolNamed(name).run(ctx, input, state, deadline)
    recorder.tools.push({ ...record, status: 'ok', ms: elapsedMs(startedAt), output: result.summary, error: null })
    return result
  } catch (error) {
    if (signal.aborted) throw error
    recorder.tools.push({
      ...record,
      status: 'failed',
      ms: elapsedMs(startedAt),
      output: null,
      error: reasonOf(error),
    })
    ctx.logger.warn({ err: error, tool: name }, 'a tool failed; the run goes on without it')
    return null
  }
}
