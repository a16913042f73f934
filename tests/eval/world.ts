import { randomUUID } from 'node:crypto'
import { DateTime } from 'luxon'
import type { DatabaseConfig } from '../../server/db/engine/connection.ts'
import type { ModelFacts, ModelRequest } from '../../server/model-question.ts'
import type { LanguageModel } from '../../server/ports.ts'
import { createTestApp, type TestApp, type TestOwner } from '../support/app.ts'
import { earnTrust } from '../support/automatic.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { StillClock } from '../support/still-clock.ts'
import type { EvalCase } from './case.ts'

/** All mails that are evaluated come at this moment, a Monday morning. */
export const now = new Date('2026-03-09T09:00:00.000Z')

const dayMs = 86_400_000

export interface Asked {
  readonly request: ModelRequest
  readonly json: unknown
}

/** The product with the model that the environment names (offline by default), what it is asked and says recorded. */
export interface EvalStage extends AsyncDisposable {
  readonly app: TestApp
  readonly asked: Asked[]
}

/** Without a database it borrows that of the test that calls it. */
export async function openStage({
  environment = {},
  database,
}: { environment?: Record<string, string>; database?: DatabaseConfig } = {}): Promise<EvalStage> {
  const app = await createTestApp({
    environment,
    config: { autoSendEnabled: true, ...(database && { database }) },
    ports: { clock: new StillClock(now) },
  })
  const asked: Asked[] = []
  const { model } = app.ctx
  const listening: LanguageModel = {
    ...model,
    async answer(request, signal) {
      const answer = await model.answer(request, signal)
      asked.push({ request, json: answer.json })
      return answer
    },
  }
  Object.assign(app.ctx, { model: listening })
  return { app, asked, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

/** What the model was asked of one kind, and said. */
export function answersTo<T extends ModelFacts['task']>(asked: readonly Asked[], task: T) {
  return asked.flatMap(({ request: { facts }, json }) =>
    facts.task === task ? [{ facts: facts as Extract<ModelFacts, { task: T }>, json }] : [],
  )
}

/** An owner of the case's kind with everything that came before its mail; `threads`: the keys of past conversations by Gmail's ids. */
export async function openCase(
  { app }: EvalStage,
  one: EvalCase,
): Promise<{ inbox: Inbox; threads: Map<string, string> }> {
  const { persona, mail } = one
  const { timeZone, languages, tone, notes, signature, name } = persona
  const inbox = await openInbox(app, {
    timeZone,
    languages,
    tone,
    notes,
    signature,
    autonomy: 'off',
    lookBackDays: 365,
    processOnSync: false,
    classifyOnSync: false,
    freeTextReplies: true,
  })
  await app.db.updateTable('mailboxes').set({ displayName: name }).where('userId', '=', inbox.userId).execute()
  const threads = new Map<string, string>()
  for (const { thread, subject, messages } of one.past) {
    const { threadId } = await deliverAll(app, inbox.owner, one, { subject, messages })
    threads.set(threadId, thread)
  }
  for (const { start, end } of busyHours(timeZone))
    await app.google.addEvent(inbox.owner.email, { summary: 'Taken', start: start.toJSDate(), end: end.toJSDate() })
  await inbox.sync()
  await earnTrust(app, inbox, [mail.address])
  return { inbox, threads }
}

/** When every owner is busy: Tuesday morning, Wednesday over noon, all of Thursday. */
export function busyHours(timeZone: string): { start: DateTime; end: DateTime }[] {
  const day = (date: number, hour: number) =>
    DateTime.fromObject({ year: 2026, month: 3, day: date, hour }, { zone: timeZone })
  return [
    { start: day(10, 8), end: day(10, 13) },
    { start: day(11, 11), end: day(11, 15) },
    { start: day(12, 0), end: day(13, 0) },
  ]
}

/** The mail itself comes into its conversation, and is worked on. */
export async function receiveMail({ app }: EvalStage, inbox: Inbox, one: EvalCase) {
  const { mail, thread } = one
  const subject = mail.subject.replace(/^(?:(?:re|aw|antw|sv|rv|tr):\s*)+/i, '')
  const { messageId } = await deliverAll(app, inbox.owner, one, { subject, messages: thread })
  await inbox.sync()
  await inbox.api.settings.update({ autonomy: 'auto', processOnSync: true })
  return inbox.receive({
    from: `"${mail.name}" <${mail.address}>`,
    subject: mail.subject,
    text: mail.text.replaceAll('\n', '\r\n'),
    headers: Object.entries(mail.headers ?? {}).map(([field, value]) => `${field}: ${value}`),
    ...(messageId && { inReplyTo: messageId }),
    at: now,
  })
}

/** The messages of one conversation; `messageId` of the last. */
async function deliverAll(
  app: TestApp,
  owner: TestOwner,
  { mail: them }: EvalCase,
  { subject, messages }: { subject: string; messages: EvalCase['thread'] },
): Promise<{ threadId: string; messageId: string | undefined }> {
  let threadId = ''
  let last: string | undefined
  for (const { from, to, daysAgo, text } of messages) {
    const messageId = `<${randomUUID()}@eval.example>`
    const receiver = lineOf(to ?? 'them', them)
    const isOwn = from === 'owner'
    const delivered = await app.deliver(owner, {
      ...(isOwn ? { direction: 'out' as const, to: receiver } : { from: lineOf(from, them) }),
      ...(!isOwn && to && to !== 'owner' && { cc: receiver }),
      subject: last ? `Re: ${subject}` : subject,
      text: text.replaceAll('\n', '\r\n'),
      messageId,
      ...(last && { inReplyTo: last }),
      at: new Date(now.getTime() - daysAgo * dayMs),
    })
    threadId = delivered.threadId
    last = messageId
  }
  return { threadId, messageId: last }
}

function lineOf(writer: string, them: EvalCase['mail']): string {
  if (writer === 'them') return `"${them.name}" <${them.address}>`
  const [, name, address] = /^other:(.+) (\S+)$/.exec(writer) ?? []
  if (name === undefined || address === undefined) throw new Error(`nobody can be told from ${writer}`)
  return `"${name}" <${address}>`
}
