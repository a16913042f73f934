import { z } from 'zod'
import type { Reason, VerifyOutput } from '../../../shared-types/index.ts'
import { isUpstream } from '../../errors.ts'
import type { ContextFacts } from '../../model-question.ts'
import type { AgentStep, StepContext } from '../agent-step.ts'
import { askModel } from '../ask-model.ts'
import { contextFacts } from '../context-facts.ts'
import { judgeReply } from '../judge-reply.ts'
import { mailFacts } from '../mail-facts.ts'
import { verifyPrompt } from '../prompts.ts'
import { readable } from '../readable.ts'
import type { RunState, Verification } from '../state.ts'

const Answer = z.object({
  verdict: z.enum(['send', 'ask']),
  reason: z.string().overwrite(readable).trim().max(300),
})

/**
 * A model reads what would go out unread, and may withhold it; nothing it says lets anything go. Not asked where the
 * reply is for review anyway. When it cannot be asked, that withholds the reply as well.
 */
export const verify: AgentStep<'verify'> = {
  name: 'verify',
  isInward: true,
  async run(run) {
    const addition = await verifyReply(run)
    const isPassed = addition.kind === 'passed'
    const output: VerifyOutput = {
      verdict: isPassed || addition.isAsked ? addition.kind : 'not_asked',
      // The sentence beside a code may hold the model's words, and with them the mail's.
      codes: isPassed ? [] : addition.reasons.map(({ code }) => code),
    }
    return { addition, output, ...(!isPassed && { mode: 'reviewOnly' as const }) }
  },
}

async function verifyReply(run: StepContext): Promise<Verification> {
  const { ctx, input, state } = run
  if (state.gate?.mode !== 'maySend') return { kind: 'withheld', reasons: [], isAsked: false }
  const judged = await judgeReply(ctx, input, state)
  if (judged.kind === 'ask') return { kind: 'withheld', reasons: judged.reasons, isAsked: false }
  const facts = {
    task: 'verify',
    mail: mailFacts(input, { isWhole: state.classify?.asksInQuote === true }),
    reply: state.generate?.body ?? '',
    context: [...contextFacts(state), ...approvedWords(state)],
  } as const
  try {
    const answer = await askModel(run, { facts, ...verifyPrompt(facts), schema: Answer, maxOutputTokens: 400 })
    if (answer.verdict === 'send') return { kind: 'passed' }
    return { kind: 'withheld', reasons: [objection(answer.reason)], isAsked: true }
  } catch (error) {
    if (!isUpstream(error) || run.signal.aborted) throw error
    ctx.logger.warn({ err: error }, 'a reply could not be read over: it waits for its owner')
    return { kind: 'withheld', reasons: [notVerified], isAsked: true }
  }
}

/** What of the reply is the owner's own: of a template all of it. */
function approvedWords({ generate }: RunState): ContextFacts[] {
  if (!generate?.template) return []
  return [{ id: 'approved', kind: 'template', label: 'The owner has approved these words', text: generate.body }]
}

function objection(reason: string): Reason {
  return { code: 'MODEL_OBJECTS', text: `Read once more, the draft should be seen by you: ${reason}` }
}

const notVerified: Reason = { code: 'NOT_VERIFIED', text: 'The draft could not be read once more before sending.' }
