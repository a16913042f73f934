import type { RunMode, StepName, StepOutput } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import type { Recorder } from './recorder.ts'
import type { RunInput, RunState } from './state.ts'

export interface StepContext {
  readonly ctx: AppContext
  readonly input: RunInput
  readonly state: RunState
  readonly recorder: Recorder
  readonly signal: AbortSignal
}

/** One step of the pipeline: reads the state, answers what it adds, and a redacted note to record. */
export interface AgentStep<Name extends StepName> {
  readonly name: Name
  /** It asks nobody outside, but for what its recorder tells: done again after a crash, it costs nothing. */
  readonly isInward?: true
  /** `mode`: what the run can come to from here on, if this step has a say in it. */
  run(context: StepContext): Promise<{
    addition: NonNullable<RunState[Name]>
    output: StepOutput<Name>
    mode?: RunMode
  }>
}
