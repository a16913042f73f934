import type { Reason, ReviewOutput } from '../../../shared-types/index.ts'
import type { AgentStep } from '../agent-step.ts'
import { judgeReply } from '../judge-reply.ts'
import type { RunState, Verdict } from '../state.ts'

/** Send or ask. What was not to be sent at an earlier step is not sent, whatever holds by now. */
export const review: AgentStep<'review'> = {
  name: 'review',
  isInward: true,
  async run({ ctx, input, state }) {
    const verdict = withEarlier(state, await judgeReply(ctx, input, state))
    return {
      addition: verdict,
      output: redacted(verdict),
      ...(verdict.kind === 'ask' && { mode: 'reviewOnly' as const }),
    }
  },
}

function withEarlier({ gate, verify }: RunState, now: Verdict): Verdict {
  if (gate?.mode === 'maySend' && verify?.kind === 'passed') return now
  const withheld = verify?.kind === 'withheld' ? verify.reasons : []
  const told = [...(gate?.reasons ?? []), ...withheld, ...(now.kind === 'ask' ? now.reasons : [])]
  return { kind: 'ask', reasons: onePerCode(told) }
}

/** To be recorded: what a model says of a reply may quote the mail. Its words are with the draft. */
function redacted(verdict: Verdict): ReviewOutput {
  if (verdict.kind === 'send') return verdict
  const text = 'Read once more, the draft should be seen by you.'
  return {
    ...verdict,
    reasons: verdict.reasons.map((told) => (told.code === 'MODEL_OBJECTS' ? { ...told, text } : told)),
  }
}

function onePerCode(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [reason.code, reason])).values()]
}
