import { z } from 'zod'
import type { AppContext } from '../context.ts'
import { UpstreamError } from '../errors.ts'
import { genAi, operations, providers } from '../gen-ai.ts'
import { countModelCall, isFree, mostOfAnswer, outcomeOf } from '../model-cost.ts'
import type { ModelAnswer, ModelRequest } from '../model-question.ts'
import type { Spender } from '../ports.ts'
import { step } from '../step.ts'
import { traced } from '../tracing.ts'
import type { StepContext } from './agent-step.ts'
import { promptVersion } from './prompts.ts'
import { elapsedMs } from './recorder.ts'

type Question<T> = Omit<ModelRequest, 'schema'> & { readonly schema: z.ZodType<T> }

/**
 * Asks one structured question, if the budget allows it; the answer has gone through `schema`, or a typed failure is
 * thrown. Every call is recorded.
 */
export async function askModel<T>({ ctx, input, recorder, signal }: StepContext, question: Question<T>): Promise<T> {
  const { schema } = question
  const request: ModelRequest = { ...question, schema: z.toJSONSchema(schema) }
  const { task } = question.facts
  const startedAt = performance.now()
  const record = (outcome: string, used: Omit<ModelAnswer, 'json'> = nothing) => {
    const { model, inputTokens, outputTokens, cost } = used
    const ms = elapsedMs(startedAt)
    countModelCall({ task, model, outcome, seconds: ms / 1_000 }, used)
    recorder.modelCalls.push({ task, promptVersion, outcome, model, inputTokens, outputTokens, cost, ms })
  }
  let answer: ModelAnswer
  try {
    answer = await answerWithinBudget(ctx, { userId: input.userId, emailId: input.email.id }, request, signal)
  } catch (error) {
    record(outcomeOf(error))
    throw error
  }
  const parsed = schema.safeParse(answer.json)
  record(parsed.success ? 'ok' : 'bad_answer', answer)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole answer').join(', ')
  const vendor = ctx.config.model.provider === 'openai' ? 'openai' : 'gemini'
  throw new UpstreamError(vendor, 'bad_answer', `the model's answer does not fit its schema (${where})`)
}

const nothing = { model: 'none', inputTokens: 0, outputTokens: 0, cost: 0 }

function answerWithinBudget(
  ctx: AppContext,
  spender: Spender,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const { task } = request.facts
  const ask = () => watchedCall(ctx, request, () => step(`model-${task}`, () => ctx.model.answer(request, signal)))
  const price = ctx.model.prices?.[task]
  if (isFree(price)) return ask()
  return ctx.budget.spend(spender, mostOfAnswer(request, price), async () => {
    const answer = await ask()
    const tokens = answer.inputTokens + answer.outputTokens
    return { answer, used: tokens > 0 ? { tokens, cost: answer.cost } : null }
  })
}

/** The one call as a span of the conventions; of what was asked and answered only how much it was. */
function watchedCall(
  { config, model }: AppContext,
  { facts: { task }, maxOutputTokens }: ModelRequest,
  call: () => Promise<ModelAnswer>,
): Promise<ModelAnswer> {
  // The cheaper model sorts and chooses, the better one writes and reads over.
  const id = model.ids[task === 'classify' || task === 'decide' ? 'classify' : 'generate']
  const facts = {
    [genAi.operation]: operations.chat,
    [genAi.provider]: providers[config.model.provider],
    [genAi.requestModel]: id,
    [genAi.maxTokens]: maxOutputTokens,
    [genAi.outputType]: 'json',
  }
  return traced(`${operations.chat} ${id}`, { kind: 'client', facts }, async (span) => {
    const answer = await call()
    span.note({
      [genAi.responseModel]: answer.model,
      [genAi.inputTokens]: answer.inputTokens,
      [genAi.outputTokens]: answer.outputTokens,
    })
    return answer
  })
}
