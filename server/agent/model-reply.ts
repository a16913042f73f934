import { z } from 'zod'
import { countWrittenTo } from '../db/emails/retrieval.ts'
import { findBody } from '../db/sending/drafts.ts'
import { findDraftLessons } from '../db/sending/lessons.ts'
import type { DraftLesson } from '../model-question.ts'
import type { StepContext } from './agent-step.ts'
import { askModel } from './ask-model.ts'
import { contextFacts, contextItems } from './context-facts.ts'
import { mailFacts } from './mail-facts.ts'
import { generatePrompt } from './prompts.ts'
import type { Citation } from './provenance.ts'
import { readable } from './readable.ts'
import { replyLanguage } from './reply-language.ts'
import { withoutStrangersDetails, withSafeGreeting } from './safe-body.ts'
import type { ContextItem, ProposedReply } from './state.ts'
import { unansweredAsks } from './unanswered-asks.ts'

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

/** A reply, with what its writer says it stands on, and all that it may stand on. */
export type Written = Pick<ProposedReply, 'body' | 'confidence' | 'openQuestions' | 'leftOut' | 'template'> & {
  readonly citations: readonly Citation[]
  readonly context: readonly ContextItem[]
}

/** The body as a model writes it, made safe to greet and to read, and what only the owner knows. */
export async function writeByModel(run: StepContext): Promise<Written> {
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
  const questions = [...answer.openQuestions, ...leftUnanswered(run, body, answer.openQuestions)]
  return {
    body,
    leftOut,
    confidence: answer.confidence,
    openQuestions: questions.slice(0, mostQuestions).map((question, index) => ({ id: `q${index + 1}`, question })),
    citations: answer.citations,
    // How the owner writes to others is no ground for what is said here.
    context: context.filter(({ kind }) => kind !== 'style'),
  }
}

const mostQuestions = 12

/** What a model passed over in silence is for the owner to see. A reply that may go out unread is read over by `verify`. */
function leftUnanswered({ state }: StepContext, body: string, openQuestions: readonly string[]): string[] {
  if (state.gate?.mode === 'maySend') return []
  const asks = (state.classify?.asks ?? []).map(({ text }) => text)
  const open = unansweredAsks(asks, [body, ...openQuestions])
  return open.map((ask) => `The draft says nothing to “${ask.slice(0, 300).toWellFormed()}”: what do you answer?`)
}

/** What the owner said when they asked for another draft, and the one they had. */
async function ownersWish({ ctx, input: { userId, request } }: StepContext) {
  const previous = request?.draftId ? await findBody(ctx.db, userId, request.draftId) : undefined
  return { ...(request?.instruction && { instruction: request.instruction }), ...(previous && { previous }) }
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
