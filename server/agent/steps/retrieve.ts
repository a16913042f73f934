import type { RetrieveOutput } from '../../../shared-types/index.ts'
import { findOwnReplies, findRelatedThreads } from '../../db/emails/related.ts'
import { type FoundEmail, findThreadHistory, type FoundThread } from '../../db/emails/retrieval.ts'
import { findUnanswered } from '../../db/emails/unanswered.ts'
import { isUpstream } from '../../errors.ts'
import { textToFind, vectorsName } from '../../mail/context-line.ts'
import { replyRecipients, senderAlone } from '../../mail/recipients.ts'
import { embedWithinBudget } from '../../model-cost.ts'
import { step } from '../../step.ts'
import type { AgentStep, StepContext } from '../agent-step.ts'
import { sourceRefs } from '../context-facts.ts'
import { answerItems } from '../owner-request.ts'
import { type Conversation, cutText, foldHistory, foldRelated, withinCaps } from '../source-budget.ts'
import type { ContextItem } from '../state.ts'
import { voiceOf } from '../voice.ts'

/** Of a mail that the reply answers as well. */
const textLimit = 4_000
const longestSubject = 200
const mostThreads = 5
const mostExamples = 3
const longestExample = 500

/** The thread, related threads with the same correspondent, the owner's notes, and for a review examples of how they write. */
export const retrieve: AgentStep<'retrieve'> = {
  name: 'retrieve',
  async run(run) {
    const { ctx, input } = run
    const { userId, email, settings } = input
    const maySend = run.state.gate?.mode === 'maySend'
    const recipients = maySend ? senderAlone(email) : replyRecipients(email)
    const readers = [...new Set([email.fromAddress, ...recipients.map((person) => person.address)])]
    const about = { emailId: email.id, threadId: email.threadId, readers }
    const like = { vector: await embedQuery(run), words: rareWords(`${email.subject} ${email.freshText}`) }
    const [thread, related, unanswered, replies] = await Promise.all([
      findThreadHistory(ctx.db, userId, { ...about, before: email.receivedAt }),
      findRelatedThreads(ctx.db, userId, { ...about, ...like, limit: mostThreads }),
      findUnanswered(ctx.db, userId, email, readers),
      // Where nobody reads the draft first, or somebody else gets it, replies to others are not even looked up.
      maySend || readers.length > 1
        ? []
        : findOwnReplies(ctx.db, userId, { ...like, person: email.fromAddress, limit: mostExamples }),
    ])
    const asked = new Set(unanswered.map(({ id }) => id))
    const history = { ...thread, mails: thread.mails.filter(({ id }) => !asked.has(id)) }
    // Numbered once the private ones are gone: not even their number shows.
    const tellable = settings.notes.filter(({ shareable }) => shareable || !maySend)
    const notes = tellable.map((note, index): ContextItem => {
      const audience = note.shareable ? 'correspondent' : 'owner'
      const source = { kind: 'note', id: null, label: note.text.slice(0, 60).toWellFormed(), audience } as const
      return { id: `note:${index}`, kind: 'note', label: source.label, text: note.text, source }
    })
    const items = [
      ...foldHistory(toConversation('thread', history)),
      ...foldRelated(related.map((found) => toConversation('email', found))),
      ...withinCaps([...answerItems(input.request), ...notes, ...replies.map(toExample)]),
    ]
    const output: RetrieveOutput = {
      sources: sourceRefs(items.map(({ source }) => source)),
      unanswered: [...asked],
      byMeaning: like.vector !== null,
    }
    const earlier = unanswered.map(({ id, freshText }) => ({ id, text: freshText.slice(0, textLimit).toWellFormed() }))
    const mails = [...thread.mails, ...related.flatMap((found) => found.mails)]
    const voice = voiceOf({ toThem: mails, toOthers: replies, correspondent: email.fromName })
    return { addition: { items, unanswered: earlier, ...(voice && { voice }) }, output }
  },
}

/** Search by words alone still works when no vector can be had. */
async function embedQuery({ ctx, input, signal }: StepContext) {
  const text = textToFind(input.email)
  try {
    const spender = { userId: input.userId, emailId: input.email.id }
    const [values] = await embedWithinBudget(ctx, spender, [text], () =>
      step('embed-query', () => ctx.embedder.embed([text], 'query', signal)),
    )
    return values ? { modelId: vectorsName(ctx.embedder.modelId), values } : null
  } catch (error) {
    if (!isUpstream(error)) throw error
    ctx.logger.warn({ err: error }, 'no vector for the query: searching by words alone')
    return null
  }
}

function toConversation(kind: 'thread' | 'email', { mails, earlierCount }: FoundThread): Conversation {
  return { items: mails.map((found) => toItem(kind, found)), earlierCount }
}

function toItem(kind: 'thread' | 'email', found: FoundEmail): ContextItem {
  const who = found.direction === 'out' ? 'you' : found.fromName
  const subject = found.subject.slice(0, longestSubject).toWellFormed()
  const label = `${subject} (${who}, ${found.receivedAt.slice(0, 10)})`
  // Both came through the reader filter: whoever gets the reply has read them.
  return {
    id: `email:${found.id}`,
    kind,
    label,
    text: found.freshText,
    source: { kind, id: found.id, label, audience: 'correspondent' },
  }
}

/** What it is about stays with the owner: the model is told neither subject nor receiver. */
function toExample({ id, subject, receivedAt, freshText }: FoundEmail): ContextItem {
  const label = `How you wrote: ${subject.slice(0, longestSubject).toWellFormed()} (${receivedAt.slice(0, 10)})`
  return {
    id: `style:${id}`,
    kind: 'style',
    label: 'How the owner writes',
    text: cutText(freshText, longestExample),
    source: { kind: 'style', id, label, audience: 'owner' },
  }
}

/** Longer words say more about a matter; at most 24, each once. */
function rareWords(text: string): string[] {
  const words =
    text
      .toLowerCase()
      .slice(0, 8_000)
      .match(/[\p{L}\p{M}\p{N}]{5,40}/gu) ?? []
  return [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, 24)
}
