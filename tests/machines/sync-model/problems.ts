import type { ReasonCode, Settings } from '../../../shared-types/index.ts'
import { getEmailStats } from '../../../server/db/emails/stats.ts'
import { headerOf, ourMark } from './people.ts'
import type { GmailMessage, StoredMail, World } from './world.ts'

const keptApart = new Set(['DRAFT', 'SPAM', 'TRASH', 'CHAT'])

/** What is wrong with the stored mailbox, in sentences; none when it equals Gmail's and nothing was lost on the way. */
export async function problemsOf(world: World, settings: Settings): Promise<string[]> {
  const stored = await world.stored()
  const messages = await world.messages()
  return [
    ...world.problems,
    ...mailboxProblems(messages, stored),
    ...(await world.unfinished()).map((what) => `${what} is left over`),
    ...(await world.deadLetters()).map((what) => `a dead letter: ${what}`),
    ...runProblems(stored, settings),
    ...(await lostQuestions(world, messages)),
    ...(await draftProblems(world, messages)),
    ...(await sendProblems(world, messages)),
    ...(await counterProblems(world, stored)),
  ]
}

function mailboxProblems(messages: readonly GmailMessage[], stored: readonly StoredMail[]): string[] {
  const wanted = messages.filter(({ labelIds }) => !labelIds.some((label) => keptApart.has(label)))
  // One that is gone, and only kept for its unsettled send, is as good as not stored.
  const kept = stored.filter(({ goneAt }) => goneAt === null)
  const rows = new Map(kept.map((mail) => [mail.gmailId, mail]))
  const ids = new Set(wanted.map(({ id }) => id))
  return [
    ...kept
      .filter(({ gmailId }) => !ids.has(gmailId))
      .map(({ gmailId }) => `${gmailId} is stored and not in the inbox`),
    ...wanted.flatMap((message) => {
      const mail = rows.get(message.id)
      return mail ? differences(message, mail) : [`${message.id} is in the inbox and not stored`]
    }),
  ]
}

function differences({ id, labelIds, threadId }: GmailMessage, mail: StoredMail): string[] {
  const there = [...labelIds].sort().join(' ')
  const here = [...mail.labels].sort().join(' ')
  const direction = labelIds.includes('SENT') ? 'out' : 'in'
  return [
    ...(there === here ? [] : [`${id} has the labels ${there}, stored are ${here}`]),
    ...(threadId === mail.threadId ? [] : [`${id} is in the thread ${threadId}, stored is ${mail.threadId}`]),
    ...(direction === mail.direction ? [] : [`${id} is ${direction}, stored is ${mail.direction}`]),
  ]
}

/** Every inbound mail has come to an end, or to its owner. */
function runProblems(stored: readonly StoredMail[], { autonomy, processOnSync }: Settings): string[] {
  if (autonomy === 'off' || !processOnSync) return []
  return stored
    .filter(({ status }) => status === 'pending' || status === 'processing')
    .map(({ gmailId, status }) => `${gmailId} is ${status}: its run was lost`)
}

/** No draft waits for a decision once its thread is answered by what its sender could read. */
async function draftProblems(world: World, messages: readonly GmailMessage[]): Promise<string[]> {
  const { app, owner } = world.stage
  const open = await app.db
    .selectFrom('drafts')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'drafts.userId').onRef('emails.id', '=', 'drafts.emailId'),
    )
    .where('drafts.userId', '=', owner.userId)
    .where('drafts.status', 'in', ['pending', 'approved'])
    .select(['emails.gmailId', 'emails.fromAddress', 'drafts.status'])
    .execute()
  return open.flatMap(({ gmailId, fromAddress, status }) => {
    const mail = messages.find(({ id }) => id === gmailId)
    const answer = mail && messages.find((each) => answers(each, mail, fromAddress))
    return answer ? [`the draft for ${gmailId} is ${status}, and ${answer.id} has answered it`] : []
  })
}

/** The owner has written in the thread since, to the correspondent among others. */
function answers(message: GmailMessage, mail: GmailMessage, correspondent: string): boolean {
  const { threadId, internalDate, labelIds } = message
  if (threadId !== mail.threadId || internalDate <= mail.internalDate || !labelIds.includes('SENT')) return false
  if (labelIds.some((label) => keptApart.has(label))) return false
  return (headerOf(message, 'To') ?? '').includes(correspondent) && headerOf(message, ourMark) === undefined
}

/** A person's question is put aside only when it was answered, or went where the owner or Gmail put it. */
async function lostQuestions(world: World, messages: readonly GmailMessage[]): Promise<string[]> {
  const { app, owner } = world.stage
  const aside = await app.db
    .selectFrom('emails')
    .where('userId', '=', owner.userId)
    .where('status', '=', 'no_reply')
    .select(['gmailId', 'reasons'])
    .execute()
  return aside.flatMap(({ gmailId, reasons }) => {
    const mail = messages.find(({ id }) => id === gmailId)
    // The answer itself may be gone by now.
    const isSettled = (reasons ?? []).some(({ code }) => settled.has(code))
    return mail && isQuestion(mail) && !isSettled
      ? [`${gmailId} asks something and is no_reply: ${reasons?.map(({ code }) => code).join()}`]
      : []
  })
}

const settled: ReadonlySet<ReasonCode> = new Set([
  'ANSWERED_IN_GMAIL',
  'ANSWERED_WITH',
  'ANSWERED_BY_OTHER',
  'REMOVED',
  'IN_SPAM',
  'IN_PROMOTIONS',
])

/** Mail that is or was spam or promotion is left to Gmail's word. */
function isQuestion(mail: GmailMessage): boolean {
  const isMachine = headerOf(mail, 'Auto-Submitted') !== undefined || headerOf(mail, 'Precedence') !== undefined
  const isApart = mail.labelIds.some((label) => keptApart.has(label) || label === 'CATEGORY_PROMOTIONS')
  return !isMachine && !isApart && mail.raw.toString().includes('how much would two more drawings cost?')
}

/** What was approved went out once at most, and what was called off never. */
async function sendProblems(world: World, messages: readonly GmailMessage[]): Promise<string[]> {
  const { app, owner } = world.stage
  const entries = await app.db.selectFrom('outbox').where('userId', '=', owner.userId).select(['id', 'state']).execute()
  const sent = messages.map((message) => (message.labelIds.includes('SENT') ? headerOf(message, ourMark) : undefined))
  return entries.flatMap(({ id, state }) => {
    const times = sent.filter((outboxId) => outboxId === id).length
    const most = state === 'CANCELLED' || state === 'REJECTED' ? 0 : 1
    return times > most ? [`a send that is ${state} went out ${times} times`] : []
  })
}

async function counterProblems(world: World, stored: readonly StoredMail[]): Promise<string[]> {
  const { byStatus } = await getEmailStats(world.stage.app.db, world.stage.owner.userId)
  const inbound = stored.filter(({ direction }) => direction === 'in')
  return Object.entries(byStatus).flatMap(([status, counted]) => {
    const there = inbound.filter((mail) => mail.status === status).length
    return counted === there ? [] : [`${counted} mails are counted as ${status}, ${there} are`]
  })
}
