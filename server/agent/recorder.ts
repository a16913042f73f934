import type { ModelCallRecord, ToolRecord } from '../db/runs/steps.ts'

/** Collects what one step of a run does: every tool and model call, redacted by whoever records it. */
export class Recorder {
  readonly tools: ToolRecord[] = []
  readonly modelCalls: ModelCallRecord[] = []
}

/** Whole milliseconds since `startedAt` (`performance.now()`). */
export function elapsedMs(startedAt: number): number {
  return Math.round(performance.now() - startedAt)
}
