import type { Kysely } from 'kysely'
import type { AppContext } from '../../context.ts'
import { readSendFacts } from '../../db/automatic-sends.ts'
import type { DB } from '../../db/schema.ts'
import { getSettings } from '../../db/settings.ts'
import { operatorAllows } from '../../db/system-state.ts'
import { dmarcOf } from '../authentication.ts'
import { isSameMailbox } from '../../mail/addresses.ts'
import { troubleOf } from '../../mail/display-name.ts'
import { automaticReplyObstacle } from '../../mail/machine-mail.ts'
import type { AgentStep, StepContext } from '../agent-step.ts'
import { type ChangingFacts, type ReviewFacts, reviewReply } from '../policy.ts'
import { promisesWork } from '../promises.ts'
import { replyToDiffers } from '../recipients.ts'
import { withoutSignature } from '../signature.ts'
import type { RunInput, RunState } from '../state.ts'

/** Puts the stored facts before the policy. */
export const review: AgentStep<'review'> = {
  name: 'review',
  async run(run) {
    const verdict = reviewReply(await collectFacts(run))
    return { addition: verdict, output: verdict }
  },
}

async function collectFacts({ ctx, input, state }: StepContext): Promise<ReviewFacts> {
  const { email } = input
  const named = [...email.toAddresses, ...email.ccAddresses]
  const trouble = troubleOf({ name: email.fromName, address: email.fromAddress })
  const leftOut = state.generate?.leftOut ?? []
  return {
    ...(await changingFacts(ctx.db, ctx, { input, state })),
    intent: state.classify?.intent ?? 'other',
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
    openQuestionCount: state.generate?.openQuestions.length ?? 0,
    problem: email.problem,
    nameShowsAddress: trouble.has('another address'),
    nameShowsDomain: trouble.has('domain'),
    nameShowsPhone: trouble.has('phone'),
    leftOutLink: leftOut.includes('link'),
    leftOutPhone: leftOut.includes('phone'),
    leftOutIban: leftOut.includes('iban'),
    promisesWork: promisesWork(withoutSignature(state.generate?.body ?? '', input.settings.signature)),
  }
}

/** What is looked at again when the reply is put among the sends, and before it goes out. */
export async function changingFacts(
  db: Kysely<DB>,
  ctx: AppContext,
  { input, state }: { input: RunInput; state: RunState },
): Promise<ChangingFacts> {
  const { userId, email } = input
  return {
    ...(await readSendFacts(db, userId, email, ctx.clock.now())),
    settings: await getSettings(db, userId),
    operatorAllows: await operatorAllows(db, ctx.config),
    confidence: Math.min(state.classify?.confidence ?? 0, state.generate?.confidence ?? 0),
  }
}
