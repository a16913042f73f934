import type { DatabaseConfig } from '../../../../server/db/engine/connection.ts'
import type { EmailStatus, ReasonCode, UpdateSettingsInput } from '../../../../shared-types/index.ts'
import type { TestApp } from '../../../support/app.ts'
import { automaticReply, createAutomaticApp, openAutomatic } from '../../../support/automatic.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'
import { createScriptedModel, type ScriptedModel } from '../../../support/scripted-model.ts'
import type { RestCase } from './cases.ts'
import type { OrdinaryMail } from './ordinary.ts'

/** A product with a good model, and an owner who lets Ada be answered. */
export interface KeptStage extends AsyncDisposable {
  readonly app: TestApp
  readonly model: ScriptedModel
  readonly inbox: Inbox
}

const most: UpdateSettingsInput = {
  dailySendCap: 1_000,
  hourlySendCap: 1_000,
  correspondentDailyCap: 1_000,
  undoWindowSeconds: 0,
}

export async function openKeptStage(database?: DatabaseConfig): Promise<KeptStage> {
  const model = createScriptedModel()
  const app = await createAutomaticApp(database ? { database } : {}, automaticReply, model)
  speak(model, {})
  return { app, model, inbox: await openAutomatic(app, most), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

/** A good model, but for what a case has it say. */
function speak(model: ScriptedModel, { classify = {}, generate = {} }: Pick<RestCase, 'classify' | 'generate'>): void {
  const sorted = { intent: 'inquiry', confidence: 0.95, reason: 'It asks.', language: 'en', needsReply: true, asks: [] }
  const drafted = { body: automaticReply, openQuestions: [], citations: [], confidence: 0.95, language: 'en' }
  model.always('classify', () => ({ ...sorted, ...classify }))
  model.always('decide', () => ({ tools: [] }))
  model.always('generate', () => ({ ...drafted, ...generate }))
  model.always('verify', () => ({ verdict: 'send', reason: 'It says nothing new.' }))
}

export interface Outcome {
  readonly status: EmailStatus
  readonly codes: readonly ReasonCode[]
}

/** What becomes of each ordinary mail, and whether the gate let it go before the reply was written. */
export async function playOrdinary(
  { app, inbox }: KeptStage,
  mails: readonly OrdinaryMail[],
): Promise<(Outcome & { mode: string | null; subject: string })[]> {
  const threads: string[] = []
  for (const { subject, text } of mails) threads.push((await app.deliver(inbox.owner, { subject, text })).threadId)
  await inbox.sync()
  await app.drainDelayed()
  const outcomes = []
  for (const threadId of threads) {
    const { items } = await inbox.api.emails.list({ threadId, flow: 'in' })
    const mail = items[0]
    if (!mail) throw new Error('a mail is not there')
    const [run] = (await inbox.api.traces.list({ emailId: mail.id })).items
    outcomes.push({ ...(await outcomeOf(inbox, mail)), mode: run?.mode ?? null, subject: mail.subject })
  }
  return outcomes
}

/** What becomes of a mail of which one condition fails. */
export async function playRest({ app, model, inbox }: KeptStage, wanted: RestCase, index: number): Promise<Outcome> {
  const { mail = {}, secondsAgo = 0, raw, settings = {}, prepare } = wanted
  const before = await inbox.api.settings.get()
  const restore = await prepare?.(app, inbox)
  await inbox.api.settings.update(settings)
  speak(model, wanted)
  try {
    const subject = `May I see them (${index})`
    const at = new Date(app.clock.now().getTime() - secondsAgo * 1_000)
    const bytes = raw?.(inbox.owner.email, subject)
    const { threadId, id } = bytes
      ? await app.google.deliver(inbox.owner.email, bytes, { labels: ['INBOX', 'UNREAD'], receivedAt: app.clock.now() })
      : await app.deliver(inbox.owner, { text: 'May I see the drawings?', subject, at, ...mail })
    await inbox.sync()
    await app.drainDelayed()
    const { items } = await inbox.api.emails.list({ threadId, flow: 'in' })
    const row = await app.db
      .selectFrom('emails')
      .where('userId', '=', inbox.userId)
      .where('gmailId', '=', id)
      .select('id')
      .executeTakeFirstOrThrow()
    const found = items.find((item) => item.id === row.id)
    if (!found) throw new Error('the mail is not there')
    return await outcomeOf(inbox, found)
  } finally {
    speak(model, {})
    await restore?.()
    await inbox.api.settings.update(before)
  }
}

async function outcomeOf(inbox: Inbox, mail: Awaited<ReturnType<Inbox['emails']>>[number]): Promise<Outcome> {
  const { status, draft, id } = mail
  const { reasons } = draft ? await inbox.draft(draft.id) : await inbox.email(id)
  return { status, codes: reasons.map(({ code }) => code) }
}
