import { afterAll, beforeEach, expect, test } from 'vitest'
import { upsertQuarantined } from '../../server/db/mailboxes/quarantine.ts'
import { nextDigest } from '../../server/services/digest.ts'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import { openInbox, sweep } from '../support/connected-inbox.ts'
import { defaultSettings } from '../support/settings.ts'
import { startSmtpServer } from '../support/smtp-server.ts'

const smtp = await startSmtpServer()
const app = await createTestApp({ environment: { SMTP_URL: smtp.url, FRONTEND_URL: 'https://desk.example' } })
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await smtp[Symbol.asyncDispose]()
})
beforeEach(() => void (smtp.mails.length = 0))

const hourMs = 3_600_000

/** Whatever time it is: on to so many hours and some minutes of UTC. */
function advanceTo(hour: number): void {
  const now = app.clock.now()
  const next = new Date(now)
  next.setUTCHours(hour, 10, 0, 0)
  app.clock.advance(next.getTime() - now.getTime() + (next > now ? 0 : 24 * hourMs))
}

const textsTo = (email: string) => smtp.mails.filter(({ to }) => to.includes(email)).map(({ text }) => text)

test('at the hour of their day an owner is told once by mail how much waits for them, and none of its words', async () => {
  const inbox = await openInbox(app)
  advanceTo(2)
  await inbox.api.settings.update({ digestHour: 8, timeZone: 'Asia/Tokyo' })
  for (const subject of ['Secret plans', 'More of them']) await inbox.newDraft({ subject })
  advanceTo(22)
  await sweep(app)
  expect(textsTo(inbox.owner.email)).toEqual([])
  // Eight in the morning of Tokyo.
  app.clock.advance(hourMs)
  await sweep(app)
  await sweep(app)
  const [text, ...others] = textsTo(inbox.owner.email)
  expect(others).toEqual([])
  expect(text).toContain('2 replies that wait for your yes')
  expect(text).toContain('https://desk.example')
  expect(text).not.toMatch(/plans|Ada/i)
  app.clock.advance(24 * hourMs)
  await sweep(app)
  expect(textsTo(inbox.owner.email)).toHaveLength(2)
})

test('nothing waits, or no digest is wanted: no mail', async () => {
  const [calm, silent] = [await openInbox(app, { digestHour: 8 }), await openInbox(app)]
  await silent.newDraft()
  advanceTo(8)
  await sweep(app)
  const draft = await calm.newDraft()
  await calm.api.settings.update({ digestHour: null })
  app.clock.advance(24 * hourMs)
  await sweep(app)
  expect([...textsTo(calm.owner.email), ...textsTo(silent.owner.email)]).toEqual([])
  expect(draft.status).toBe('pending')
})

test('what an owner muted is not told, and what needs them cannot be muted', async () => {
  const [inbox, other] = [
    await openInbox(app, { mutedNotifications: ['draft_ready', 'no_draft'] }),
    await openInbox(app),
  ]
  for (const each of [inbox, other]) await each.newDraft()
  for (const each of [inbox, other]) await each.receive({ headers: ['List-Id: <n.example>'] })
  expect(await inbox.notifications()).toEqual([])
  expect(await other.notifications()).toContain('draft_ready')
  await inbox.api.settings.update({ mutedNotifications: [] })
  await inbox.newDraft({ subject: 'Another' })
  expect(await inbox.notifications()).toEqual(['draft_ready'])
  const client = await httpClient(app, inbox.owner)
  // @ts-expect-error: no kind that may be muted
  const refused = client.settings.update.mutate({ mutedNotifications: ['send_unknown'] })
  expect(await refusalOf(refused)).toMatchObject({ reason: 'VALIDATION_FAILED' })
})

test('a stored message of which only the labels are asked for again is not told as one that could not be read', async () => {
  const inbox = await openInbox(app, { digestHour: 8 })
  const { id } = await inbox.receive({ headers: ['List-Id: <n.example>'] })
  const { gmailId } = await app.db
    .selectFrom('emails')
    .where('userId', '=', inbox.userId)
    .where('id', '=', id)
    .select('gmailId')
    .executeTakeFirstOrThrow()
  await upsertQuarantined(app.db, inbox.userId, {
    mailboxId: inbox.mailboxId,
    gmailId,
    reason: 'no answer',
    now: app.clock.now().toISOString(),
    pauseSeconds: 864_000,
    maxPauseSeconds: 864_000,
    known: undefined,
  })
  advanceTo(8)
  await sweep(app)
  expect(textsTo(inbox.owner.email)).toEqual([])
})

test('a mail server that is away delays a digest and loses none', async () => {
  const inbox = await openInbox(app, { digestHour: 8 })
  await inbox.newDraft()
  smtp.refuse(451)
  advanceTo(8)
  await sweep(app)
  expect(textsTo(inbox.owner.email)).toEqual([])
  smtp.refuse(null)
  await app.drainDelayed()
  expect(textsTo(inbox.owner.email)).toHaveLength(1)
})

test('on the days when the clocks change there is one digest too', () => {
  const settings = { ...defaultSettings, digestHour: 2, timeZone: 'Europe/Berlin' }
  const from = (instant: string) => nextDigest(settings, new Date(instant))
  // 2 o'clock does not exist on 29 March 2026, and exists twice on 25 October.
  expect(from('2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z')
  expect(from('2026-03-29T01:00:00Z')).toBe('2026-03-30T00:00:00.000Z')
  expect(from('2026-10-24T12:00:00Z')).toBe('2026-10-25T00:00:00.000Z')
  expect(from('2026-10-25T00:00:00Z')).toBe('2026-10-26T01:00:00.000Z')
})
