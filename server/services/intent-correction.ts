import type { CorrectIntentInput, EmailItem } from '../../shared-types/index.ts'
import { agentVersion } from '../agent/prompts.ts'
import type { AppContext } from '../context.ts'
import { correctIntent as keepCorrection } from '../db/emails/corrections.ts'
import { getEmailItem } from '../db/emails/emails.ts'
import { inTransaction } from '../step.ts'
import { lockInbound } from './runs.ts'

/** The owner says what a mail is, at any time: a run at work keeps to it when it ends, and so does every later one. */
export function correctIntent(
  ctx: AppContext,
  userId: string,
  { emailId, intent }: CorrectIntentInput,
): Promise<EmailItem> {
  return inTransaction(ctx, 'correct-intent', async (trx) => {
    await lockInbound(trx, userId, emailId)
    const now = ctx.clock.now().toISOString()
    await keepCorrection(trx, userId, { emailId, intent, agentVersion: agentVersion(ctx.model), now })
    return getEmailItem(trx, userId, emailId)
  })
}
