import type { AppContext } from '../../context.ts'
import type { ProposalAnswer } from '../../model-question.ts'
import type { ContextItem, RunInput, RunState, ToolName } from '../state.ts'

/** What a tool found: context for the reply, free times, and a redacted note to record. */
export interface ToolResult {
  readonly items?: readonly ContextItem[]
  readonly slots?: readonly string[]
  readonly proposal?: ProposalAnswer
  readonly summary: unknown
}

/** A look-up: it changes nothing that anybody else sees. Its arguments are stored facts; the model has no say in them. */
export interface Tool {
  readonly name: ToolName
  /** What a model is told that it is good for. */
  readonly purpose: string
  run(ctx: AppContext, run: RunInput, state: RunState, signal: AbortSignal): Promise<ToolResult>
}
