import { randomUUID } from 'node:crypto'
import { DateTime } from 'luxon'
import { afterAll, expect, test } from 'vitest'
import { Availability, CalendarEventList } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason

const mailScopes = ['gmail.readonly', 'gmail.compose'].map((name) => `https://www.googleapis.com/auth/${name}`)
const everyDay = { workingDays: [1, 2, 3, 4, 5, 6, 7], workingHoursStart: '09:00', workingHoursEnd: '12:00' }
/** Midnight of a day ahead. */
const day = DateTime.fromJSDate(app.clock.now(), { zone: 'utc' }).startOf('day').plus({ days: 3 })
const at = (hour: number) => day.plus({ hours: hour }).toJSDate()
const iso = (hour: number) => at(hour).toISOString()
const wholeDay = { from: iso(0), to: iso(24) }

test('an id in capital letters names what it names in small ones', async () => {
  const { owner, mailboxId } = await openInbox(app, everyDay)
  const { calendar } = await httpClient(app, owner)
  const asked = { ...wholeDay, mailboxId }
  expect(await calendar.availability.query({ ...asked, mailboxId: mailboxId.toUpperCase() })).toEqual(
    await calendar.availability.query(asked),
  )
})

test('free times are those of the working hours, without what is in the calendar and what is held for others', async () => {
  const inbox = await openInbox(app, { ...everyDay, timeZone: 'Asia/Tokyo' })
  const client = await httpClient(app, inbox.owner)
  const answer = Availability.parse(await client.calendar.availability.query(wholeDay))
  expect(answer.timeZone).toBe('Asia/Tokyo')
  expect(answer.slots).toEqual([0, 1, 2].map((hour) => ({ start: iso(hour), end: iso(hour + 1) })))

  await app.google.addEvent(inbox.owner.email, { summary: 'Dentist', start: at(0), end: at(1) })
  const { emailId } = await inbox.newDraft({ subject: 'Meet?', text: 'When are you free to meet next week?' })
  const { id: traceId } = await app.db
    .selectFrom('traces')
    .where('emailId', '=', emailId)
    .select('id')
    .executeTakeFirstOrThrow()
  await app.db.deleteFrom('slotHolds').where('userId', '=', inbox.userId).execute()
  await app.db
    .insertInto('slotHolds')
    .values({ userId: inbox.userId, traceId, startAt: iso(2), endAt: iso(3) })
    .execute()
  const { slots } = await client.calendar.availability.query(wholeDay)
  expect(slots).toEqual([{ start: iso(1), end: iso(2) }])
  const short = await client.calendar.availability.query({ ...wholeDay, minutes: 30, limit: 1 })
  expect(short.slots).toEqual([{ start: iso(1), end: iso(1.5) }])
  expect(JSON.stringify(inbox.requests('GET', /calendar/))).toBe('[]')
})

test('without an end two weeks are looked at from now on, what has passed is nobody’s, and 60 days are the most', async () => {
  const inbox = await openInbox(app, everyDay)
  const client = await httpClient(app, inbox.owner)
  const availability = client.calendar.availability.query
  const { slots } = await availability({ limit: 100 })
  expect(slots[0]!.start >= app.clock.now().toISOString()).toBe(true)
  expect(slots.length).toBeGreaterThanOrEqual(38)
  expect(slots.length).toBeLessThanOrEqual(45)
  expect(await availability({ from: '2020-01-01T00:00:00.000Z', limit: 100 })).toEqual(
    await availability({ limit: 100 }),
  )
  const past = { from: '2020-01-01T00:00:00.000Z', to: '2020-01-02T00:00:00.000Z' }
  expect(await availability(past)).toEqual({ timeZone: 'UTC', slots: [] })
  expect(await reasonOf(availability({ from: iso(0), to: iso(60 * 24 + 1) }))).toBe('VALIDATION_FAILED')
  expect(await reasonOf(availability({ from: iso(1), to: iso(1) }))).toBe('VALIDATION_FAILED')
  await availability({ from: iso(0), to: iso(60 * 24) })
})

test('events are read with their titles for the owner, and kept nowhere', async () => {
  const inbox = await openInbox(app)
  const client = await httpClient(app, inbox.owner)
  await app.google.addEvent(inbox.owner.email, { summary: 'Secret dentist', start: at(9), end: at(10) })
  await app.google.addEvent(inbox.owner.email, { summary: 'Next month', start: at(900), end: at(901) })
  const { items, hasMore } = CalendarEventList.parse(await client.calendar.events.query(wholeDay))
  expect(hasMore).toBe(false)
  expect(items).toEqual([
    { id: items[0]?.id, summary: 'Secret dentist', start: iso(9), end: iso(10), isAllDay: false, status: 'confirmed' },
  ])
  expect(await reasonOf(client.calendar.events.query({ from: iso(0), to: iso(31 * 24 + 1) }))).toBe('VALIDATION_FAILED')
  expect((await client.calendar.events.query({ from: iso(0), to: iso(31 * 24) })).items).toHaveLength(1)
})

test('an owner who declined the calendar is told so, and one without a mailbox too', async () => {
  const owner = await app.newOwner()
  const client = await httpClient(app, owner)
  expect(await reasonOf(client.calendar.availability.query())).toBe('NOT_FOUND')
  const { mailboxId } = await app.connect(owner, owner.email, mailScopes)
  const missing = { status: 412, reason: 'CALENDAR_SCOPE_MISSING', message: expect.stringContaining('tick') }
  expect(await refusalOf(client.calendar.availability.query({ mailboxId }))).toMatchObject(missing)
  expect(await refusalOf(client.calendar.events.query(wholeDay))).toMatchObject(missing)
})

test('a mailbox of somebody else is one that does not exist, and without a named one the first that can be read is asked', async () => {
  const [inbox, other] = [await openInbox(app), await openInbox(app)]
  const client = await httpClient(app, inbox.owner)
  for (const mailboxId of [other.mailboxId, randomUUID()]) {
    expect(await reasonOf(client.calendar.availability.query({ mailboxId }))).toBe('NOT_FOUND')
    expect(await reasonOf(client.calendar.events.query({ mailboxId, ...wholeDay }))).toBe('NOT_FOUND')
  }
  const set = (status: 'needs_reauth' | 'disconnected') =>
    app.db.updateTable('mailboxes').set({ status }).where('id', '=', inbox.mailboxId).execute()
  await set('needs_reauth')
  expect(await reasonOf(client.calendar.availability.query())).toBe('GMAIL_NEEDS_REAUTH')
  await set('disconnected')
  expect(await reasonOf(client.calendar.events.query(wholeDay))).toBe('MAILBOX_DISCONNECTED')
})
