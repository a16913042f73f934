import { countWrittenTo } from '../../db/retrieval.ts'
import { dmarcOf } from '../authentication.ts'
import { machineReason } from '../machine-mail.ts'
import type { AgentStep, StepContext } from '../agent-step.ts'
import { type ReviewFacts, reviewReply } from '../policy.ts'
import { replyToDiffers } from '../recipients.ts'

/** Puts the stored facts before the policy. */
export const review: AgentStep<'review'> = {
  name: 'review',
  async run(run) {
    const verdict = reviewReply(await collectFacts(run))
    return { addition: verdict, output: verdict }
  },
}

async function collectFacts({ ctx, input, state }: StepContext): Promise<ReviewFacts> {
  const { userId, email, settings } = input
  const named = [...email.toAddresses, ...email.ccAddresses]
  return {
    autonomy: settings.autonomy,
    operatorAllowsSending: false,
    intent: state.classify?.intent ?? 'other',
    confidence: Math.min(state.classify?.confidence ?? 0, state.generate?.confidence ?? 0),
    dmarc: dmarcOf(email.headers),
    replyToDiffers: replyToDiffers(email),
    ownerIsNamed: named.some((person) => person.address === email.ownerAddress),
    machineReason: machineReason(email),
    attachmentCount: email.attachmentCount ?? 0,
    textLength: email.text.length,
    earlierMessages: await countWrittenTo(ctx.db, userId, { address: email.fromAddress, before: email.receivedAt }),
    openQuestionCount: state.generate?.openQuestions.length ?? 0,
    problem: email.problem,
  }
}
