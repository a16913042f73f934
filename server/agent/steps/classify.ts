import { z } from 'zod'
import { type Address, Intent, type Reason } from '../../../shared-types/index.ts'
import type { AppContext } from '../../context.ts'
import { correctedByOwner, findLessons, type Lessons } from '../../db/emails/corrections.ts'
import { findNewerInThread } from '../../db/emails/retrieval.ts'
import { isSameMailbox } from '../../mail/addresses.ts'
import { machineReason } from '../../mail/machine-mail.ts'
import { settledByNewer } from '../../mail/newer-in-thread.ts'
import type { MailFacts } from '../../model-question.ts'
import type { AgentStep, StepContext } from '../agent-step.ts'
import { askModel } from '../ask-model.ts'
import { mailFacts } from '../mail-facts.ts'
import { deadlineOf } from '../deadlines.ts'
import { askIfMuted } from '../muted.ts'
import { calibrated } from '../calibration.ts'
import { agentVersion, classifyPrompt } from '../prompts.ts'
import { readable } from '../readable.ts'
import { classifyWithQuoted } from '../classify-with-quoted.ts'
import type { Classification, RunInput } from '../state.ts'

const Answer = z.object({
  intent: Intent,
  confidence: z.number().min(0).max(1),
  reason: z.string().overwrite(readable).max(500),
  language: z.string().regex(/^[a-z]{2}$/),
  needsReply: z.boolean(),
  asks: z
    .array(
      z.object({
        text: z.string().overwrite(readable).max(500),
        /** The words of the mail that name its deadline. */
        due: z.string().max(500).nullable(),
      }),
    )
    .max(8),
})

/** Rules first, from headers and the thread; the model is asked only about mail a person wrote. */
export const classify: AgentStep<'classify'> = {
  name: 'classify',
  async run(run) {
    const { ctx, input } = run
    const machine = machineReason(input.email)
    if (machine) return done(byRule(input.email.labels.includes('SPAM') ? 'spam' : 'other', machine), 'rule')

    const { userId, email } = input
    const asker = { emailId: email.id, reader: email.fromAddress, agentVersion: agentVersion(ctx.model) }
    const lessons = await findLessons(ctx.db, userId, asker)
    const askAbout = (mail: MailFacts) => ask(run, mail, lessons)
    const answer = await askAbout(mailFacts(input))
    const settled = await alreadySettled(ctx, input)
    if (settled)
      return answer.needsReply
        ? done({ ...answer, needsReply: false, reason: settled }, 'thread')
        : done(answer, 'model')
    const again = answer.needsReply ? null : await classifyWithQuoted(run, askAbout)
    return applyMuting(run, again ?? answer)
  },
}

async function ask(run: StepContext, mail: MailFacts, { examples, decisions }: Lessons): Promise<Classification> {
  const facts = { task: 'classify', mail, examples } as const
  const wanted = { facts, ...classifyPrompt(facts), schema: Answer, maxOutputTokens: 800 }
  const { reason, ...answer } = await askModel(run, wanted)
  const { timeZone } = run.input.settings
  const asks = answer.asks.map(({ text, due }) => ({
    text,
    due: deadlineOf(due, { ...mail, language: answer.language }, timeZone),
  }))
  const { intent, isCorrected } = run.input.email
  const decided = decisions.find((one) => one.intent === answer.intent) ?? { right: 0, wrong: 0 }
  const isOwners = isCorrected && intent !== null
  const found = isOwners
    ? { intent, confidence: 1, reason: correctedByOwner }
    : { confidence: calibrated(answer.confidence, decided), reason: { code: 'CLASSIFIED', text: reason } as const }
  return { ...answer, asks, ...found }
}

/** Facts no text can argue with: somebody answered since, a newer message stands for the thread, or it is only a copy. */
async function alreadySettled(ctx: AppContext, { userId, email }: RunInput): Promise<Reason | null> {
  const settled = settledByNewer(email, await findNewerInThread(ctx.db, userId, email))
  if (settled) return settled
  const isOwner = (person: Address) => isSameMailbox(person.address, email.ownerAddress)
  const isNamed = email.toAddresses.some(isOwner)
  const isCopied = email.ccAddresses.some(isOwner)
  return isCopied && !isNamed ? { code: 'ONLY_IN_COPY', text: 'You are only in copy.' } : null
}

/** Asked last: only where there would be a draft. Whoever asked for one by hand gets it, to review. */
async function applyMuting(run: StepContext, answer: Classification) {
  const muted = answer.needsReply ? await askIfMuted(run) : undefined
  if (muted === 'yes' && !run.input.isRequested)
    return done({ ...answer, muted, needsReply: false, reason: mutedReason }, 'thread')
  return done({ ...answer, ...(muted && { muted }) }, 'model')
}

const mutedReason: Reason = { code: 'MUTED', text: 'You muted this conversation in Gmail.' }

function byRule(intent: Intent, reason: Reason): Classification {
  return { intent, confidence: 1, reason, language: 'und', needsReply: false, asks: [] }
}

function done(addition: Classification, by: 'rule' | 'model' | 'thread') {
  const { intent, confidence, language, needsReply, asks, reason: why } = addition
  const decidedBy = why.code === 'CORRECTED_BY_OWNER' ? ('owner' as const) : by
  const due = asks.flatMap((ask) => ask.due ?? [])
  const output = { intent, confidence, language, needsReply, asks: asks.length, due, decidedBy, reason: why.code }
  return { addition, output }
}
