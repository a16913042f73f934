import { z } from 'zod'
import type { GenerateOutput, Source } from '../../../shared-types/index.ts'
import { countWrittenTo } from '../../db/emails/retrieval.ts'
import { findBody } from '../../db/sending/drafts.ts'
import { findDraftLessons } from '../../db/sending/lessons.ts'
import { replyRecipients, replySubject } from '../../mail/recipients.ts'
import type { DraftLesson } from '../../model-question.ts'
import { askModel } from '../ask-model.ts'
import { contextFacts, contextItems, sourceRefs } from '../context-facts.ts'
import type { AgentStep, StepContext } from '../agent-step.ts'
import { withoutStrangersDetails, withSafeGreeting } from '../safe-body.ts'
import { mailFacts } from '../mail-facts.ts'
import { agentVersion, generatePrompt } from '../prompts.ts'
import { type Citation, provenanceOf } from '../provenance.ts'
import { readable } from '../readable.ts'
import { templateToSend } from '../reply-kind.ts'
import { replyLanguage } from '../reply-language.ts'
import { withSignature } from '../signature.ts'
import type { ContextItem, ProposedReply } from '../state.ts'
import { fillTemplate } from '../template-reply.ts'

const Answer = z.object({
  body: z.string().overwrite(readable).trim().min(1).max(20_000),
  openQuestions: z.array(z.string().overwrite(readable).trim().min(1).max(500)).max(10),
  citations: z
    .array(
      z.object({ quote: z.string().overwrite(readable).max(20_000), sources: z.array(z.string().max(200)).max(50) }),
    )
    .max(100),
  confidence: z.number().min(0).max(1),
  language: z.string().max(10),
})

/**
 * A reply that may go out unread is an approved template where there is one that code can fill in; else, and for the
 * owner's eyes, the model writes the body and nothing more: recipient, subject and signature are computed here.
 */
export const generate: AgentStep<'generate'> = {
  name: 'generate',
  async run(run) {
    const { ctx, input } = run
    const { email, settings } = input
    const { citations, context, ...reply } = (await fromTemplate(run)) ?? (await fromModel(run))
    const body = withSignature(reply.body, settings.signature)
    const texts = ownGrounds(run)
    const { sources, sentences } = provenanceOf(body, { citations, context, texts })
    const addition = {
      ...reply,
      sources,
      sentences,
      to: replyRecipients(email),
      subject: replySubject(email.subject),
      body,
      agentVersion: agentVersion(ctx.model),
    }
    const { confidence, openQuestions, leftOut, template } = addition
    const output: GenerateOutput = {
      kind: template ? 'template' : 'free_text',
      ...(template && { template }),
      bodyLength: addition.body.length,
      confidence,
      openQuestions: openQuestions.length,
      sources: sourceRefs(sources),
      leftOut: [...(leftOut ?? [])],
    }
    return { addition, output }
  },
}

type Written = Pick<ProposedReply, 'body' | 'confidence' | 'openQuestions' | 'leftOut' | 'template'> & {
  readonly citations: readonly Citation[]
  readonly context: readonly ContextItem[]
}

/** What a reply may say without a source: what the mail says, the times that are offered, who writes to whom. */
function ownGrounds({ input, state }: StepContext): string[] {
  const { email, settings } = input
  const earlier = (state.retrieve?.unanswered ?? []).map(({ text }) => text)
  const mail = [email.subject, email.fromName, email.text, ...earlier]
  return [...mail, ...(state.execute?.slots ?? []), email.ownerName, settings.signature]
}

async function fromTemplate(run: StepContext): Promise<Written | null> {
  const { ctx, input, state } = run
  const { email, settings } = input
  const template = await templateToSend(run)
  if (!template) return null
  const language = replyLanguage(state.classify?.language, settings.languages)
  const times = state.execute?.slots ?? []
  const sources = { senderName: email.fromName, settings, language, times, now: ctx.clock.now() }
  const body = fillTemplate(template.body, sources)
  if (body === null) return null
  const { id, version, name } = template
  const source: Source = { kind: 'template', id, label: `Template ${name}`, audience: 'correspondent' }
  const item: ContextItem = { id: `template:${id}`, kind: 'template', label: name, text: body, source }
  const citations = [{ quote: body, sources: [item.id] }]
  const written = { body, citations, context: [item], template: { id, version } }
  return { ...written, confidence: 1, openQuestions: [], leftOut: [] }
}

async function fromModel(run: StepContext): Promise<Written> {
  const { ctx, input, state } = run
  const { userId, email, settings } = input
  const context = contextItems(state)
  const voice = state.retrieve?.voice
  const facts = {
    task: 'generate',
    mail: mailFacts(input, { isWhole: state.classify?.asksInQuote === true }),
    earlier: (state.retrieve?.unanswered ?? []).map(({ text }) => text),
    intent: state.classify?.intent ?? 'other',
    language: replyLanguage(state.classify?.language, settings.languages),
    owner: { name: email.ownerName, tone: settings.tone, ...(voice && { voice }) },
    context: contextFacts(state),
    slots: state.execute?.slots ?? [],
    ...(state.execute?.proposal && { proposal: state.execute.proposal }),
    ...(await ownersWish(run)),
    ...(await lessonsFor(run)),
  } as const
  const answer = await askModel(run, { facts, ...generatePrompt(facts), schema: Answer, maxOutputTokens: 2_000 })
  const greeted = withSafeGreeting(answer.body, { name: email.fromName, address: email.fromAddress }, facts.language)
  const written = { address: email.fromAddress, before: email.receivedAt }
  const isStranger = (await countWrittenTo(ctx.db, userId, written)) === 0
  const ownKinds = ['note', 'template', 'calendar', 'answer']
  const ownTexts = context.filter(({ kind }) => ownKinds.includes(kind)).map(({ text }) => text)
  const { body, leftOut } = isStranger
    ? withoutStrangersDetails(greeted, {
        theirs: [email.fromName, email.subject, email.text, ...facts.earlier],
        owners: [...ownTexts, settings.signature],
      })
    : { body: greeted, leftOut: [] }
  return {
    body,
    leftOut,
    confidence: answer.confidence,
    openQuestions: answer.openQuestions.map((question, index) => ({ id: `q${index + 1}`, question })),
    citations: answer.citations,
    // How the owner writes to others is no ground for what is said here.
    context: context.filter(({ kind }) => kind !== 'style'),
  }
}

/** A reply that may go out unread is made of what its receiver knows, and what was taken out of a draft they do not. */
async function lessonsFor({ ctx, input: { userId, email }, state }: StepContext): Promise<{ lessons?: DraftLesson[] }> {
  if (state.gate?.mode === 'maySend') return {}
  const about = { correspondent: email.fromAddress, intent: state.classify?.intent ?? 'other' }
  const found = await findDraftLessons(ctx.db, userId, about)
  const lessons = found.map((lesson) =>
    lesson.about === 'person' ? lesson : { about: lesson.about, fault: lesson.fault },
  )
  return lessons.length > 0 ? { lessons } : {}
}

/** What the owner said when they asked for another draft, and the one they had. */
async function ownersWish({ ctx, input: { userId, request } }: StepContext) {
  const previous = request?.draftId ? await findBody(ctx.db, userId, request.draftId) : undefined
  return { ...(request?.instruction && { instruction: request.instruction }), ...(previous && { previous }) }
}
