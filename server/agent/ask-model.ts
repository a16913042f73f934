import { z } from 'zod'
import type { AppContext } from '../context.ts'
import { isUpstream, UpstreamError } from '../errors.ts'
import type { ModelFacts } from '../model-question.ts'
import { step } from '../step.ts'
import { promptVersion } from './prompts.ts'
import { elapsedMs, type Recorder } from './recorder.ts'

/** Asks one structured question; the answer has gone through `schema`, or a typed failure is thrown. Every call is recorded. */
export async function askModel<T>(
  ctx: AppContext,
  recorder: Recorder,
  question: { facts: ModelFacts; system: string; prompt: string; schema: z.ZodType<T>; maxOutputTokens: number },
  signal: AbortSignal,
): Promise<T> {
  const { schema, ...request } = question
  const { task } = question.facts
  const startedAt = performance.now()
  const earlierCalls = recorder.modelCalls.length
  const record = (outcome: string, used = { model: 'none', inputTokens: 0, outputTokens: 0, cost: 0 }) => {
    const { model, inputTokens, outputTokens, cost } = used
    recorder.modelCalls.push({
      task,
      promptVersion,
      outcome,
      model,
      inputTokens,
      outputTokens,
      cost,
      ms: elapsedMs(startedAt),
    })
  }
  try {
    const answer = await step(`model-${task}`, () =>
      ctx.model.answer({ ...request, schema: z.toJSONSchema(schema) }, signal),
    )
    const parsed = schema.safeParse(answer.json)
    record(parsed.success ? 'ok' : 'bad_answer', answer)
    if (parsed.success) return parsed.data
    const where = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole answer').join(', ')
    throw new UpstreamError('gemini', 'bad_answer', `the model's answer does not fit its schema (${where})`)
  } catch (error) {
    if (recorder.modelCalls.length === earlierCalls) record(isUpstream(error) ? error.kind : 'failed')
    throw error
  }
}
