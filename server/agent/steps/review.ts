import type { Settings } from '../../../shared-types/index.ts'
import { countWrittenTo } from '../../db/retrieval.ts'
import { automaticSendingStoppedSince } from '../../db/system-state.ts'
import { dmarcOf } from '../authentication.ts'
import { isSameMailbox } from '../../mail/addresses.ts'
import { troubleOf } from '../../mail/display-name.ts'
import { automaticReplyObstacle } from '../../mail/machine-mail.ts'
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
  const trouble = troubleOf({ name: email.fromName, address: email.fromAddress })
  const leftOut = state.generate?.leftOut ?? []
  return {
    autonomy: settings.autonomy,
    sendingPaused: settings.sendingPaused,
    operatorAllowsSending: ctx.config.autoSendEnabled && !(await automaticSendingStoppedSince(ctx.db)),
    isExcluded: isExcluded(settings, email.fromAddress),
    intent: state.classify?.intent ?? 'other',
    confidence: Math.min(state.classify?.confidence ?? 0, state.generate?.confidence ?? 0),
    minimumConfidence: settings.minimumConfidence,
    dmarc: dmarcOf(email.headers),
    replyToDiffers: replyToDiffers(email),
    ownerIsNamed: named.some((person) => isSameMailbox(person.address, email.ownerAddress)),
    machineReason: automaticReplyObstacle(email),
    attachmentCount: email.attachmentCount ?? 0,
    textLength: email.text.length,
    answersSeveral: (state.retrieve?.unanswered.length ?? 0) > 0,
    asksInQuote: state.classify?.asksInQuote === true,
    isMuted: state.classify?.muted === 'yes',
    mutingUnknown: state.classify?.muted === 'unknown',
    earlierMessages: await countWrittenTo(ctx.db, userId, { address: email.fromAddress, before: email.receivedAt }),
    minimumEarlierMessages: settings.minimumEarlierMessages,
    openQuestionCount: state.generate?.openQuestions.length ?? 0,
    problem: email.problem,
    nameShowsAddress: trouble.has('another address'),
    nameShowsDomain: trouble.has('domain'),
    nameShowsPhone: trouble.has('phone'),
    leftOutLink: leftOut.includes('link'),
    leftOutPhone: leftOut.includes('phone'),
    leftOutIban: leftOut.includes('iban'),
  }
}

function isExcluded({ allowedCorrespondents: allowed, deniedCorrespondents: denied }: Settings, address: string) {
  return denied.includes(address) || (allowed.length > 0 && !allowed.includes(address))
}
