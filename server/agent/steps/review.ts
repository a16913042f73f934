import type { Reason } from '../../../shared-types/index.ts'
import type { AgentStep } from '../agent-step.ts'
import { judgeReply } from '../judge-reply.ts'
import type { RunState, Verdict } from '../state.ts'

/** Send or ask. What was not to be sent at an earlier step is not sent, whatever holds by now. */
export const review: AgentStep<'review'> = {
  name: 'review',
  async run({ ctx, input, state }) {
    const verdict = withEarlier(state, await judgeReply(ctx, input, state))
    return { addition: verdict, output: verdict, ...(verdict.kind === 'ask' && { mode: 'reviewOnly' as const }) }
  },
}

function withEarlier({ gate, verify }: RunState, now: Verdict): Verdict {
  if (gate?.mode === 'maySend' && verify?.kind === 'passed') return now
  const withheld = verify?.kind === 'withheld' ? verify.reasons : []
  const told = [...(gate?.reasons ?? []), ...withheld, ...(now.kind === 'ask' ? now.reasons : [])]
  return { kind: 'ask', reasons: onePerCode(told) }
}

function onePerCode(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [reason.code, reason])).values()]
}
