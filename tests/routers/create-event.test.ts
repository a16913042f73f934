import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import type { MailToWrite } from '../support/mail.ts'
import { approvalOf, versionOf } from '../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const asks = {
  from: 'Ada Byron <ada@engine.example>',
  subject: 'Meet about the engine?',
  text: 'Hello Mara,\r\n\r\ncould we meet next week to talk over the secret engine? When are you free?\r\n\r\nBest',
}
const events = /\/calendars\/primary\/events/

async function offer({ subject = asks.subject, isApproved = true }: { subject?: string; isApproved?: boolean } = {}) {
  const inbox = await openInbox(app, { undoWindowSeconds: 600 })
  const draft = await inbox.newDraft({ ...asks, subject })
  if (isApproved) await inbox.api.drafts.approve(approvalOf(draft))
  const [hour] = await app.db
    .selectFrom('slotHolds')
    .where('userId', '=', inbox.userId)
    .orderBy('startAt')
    .select(['startAt as start', 'endAt as end'])
    .execute()
  if (!hour) throw new Error('no hour is held')
  const client = await httpClient(app, inbox.owner)
  const create = client.calendar.createEvent.mutate
  return { inbox, draft, hour, create, input: { draftId: draft.id, ...hour } }
}

const eventsIn = async ({ api }: Inbox, { start }: { start: string }) => {
  const to = new Date(Date.parse(start) + 86_400_000).toISOString()
  return (await api.calendar.events({ from: start, to })).items
}

/** What Google was told of the event. */
function toldOf(inbox: Inbox) {
  const told = inbox.requests('POST', events)
  return told.map(({ body, query }) => ({ ...(JSON.parse(body.toString()) as object), query }))
}

test('an hour that an approved reply offers becomes an event, of which nobody is told and which names its correspondent', async () => {
  const { inbox, hour, create, input } = await offer()
  const made = await create(input)
  expect(made).toEqual({ eventId: expect.stringMatching(/^rf[0-9a-v]+$/), ...hour })
  expect(await eventsIn(inbox, hour)).toEqual([
    { id: made.eventId, summary: asks.subject, ...hour, isAllDay: false, status: 'confirmed' },
  ])
  expect(toldOf(inbox)).toEqual([
    {
      id: made.eventId,
      summary: asks.subject,
      description: 'With ada@engine.example',
      start: { dateTime: hour.start },
      end: { dateTime: hour.end },
      query: 'sendUpdates=none',
    },
  ])
})

test('what is clicked twice, at once or later, and what a lost answer repeats is one event', async () => {
  const { inbox, hour, create, input } = await offer()
  app.google.inject({
    match: { method: 'POST', path: events, email: inbox.owner.email },
    kind: faultMatrix.answerLost,
  })
  const made = await create({ ...input, summary: 'Talk' })
  expect(await create(input)).toEqual(made)
  expect(await eventsIn(inbox, hour)).toMatchObject([{ id: made.eventId, summary: 'Talk' }])

  const other = await offer()
  const all = await Promise.all(Array.from({ length: 5 }, () => other.create(other.input)))
  expect(new Set(all.map(({ eventId }) => eventId)).size).toBe(1)
  expect(await eventsIn(other.inbox, other.hour)).toHaveLength(1)
  expect(all[0]?.eventId).not.toBe(made.eventId)
})

test('an hour that something else has taken meanwhile is not given twice', async () => {
  const { inbox, hour, create, input } = await offer()
  const start = new Date(Date.parse(hour.start) + 1_800_000)
  await app.google.addEvent(inbox.owner.email, { summary: 'Dentist', start, end: new Date(hour.end) })
  expect(await refusalOf(create(input))).toMatchObject({ status: 409, reason: 'SLOT_TAKEN' })
  expect(await eventsIn(inbox, hour)).toMatchObject([{ summary: 'Dentist' }])
})

test('an event that its owner deleted is not said to be there', async () => {
  const { inbox, create, input } = await offer()
  const path = /\/calendars\/primary\/events\/rf\w+$/
  const { eventId } = await create(input)
  app.google.inject({ match: { method: 'POST', path: events }, kind: { status: 409, reason: 'duplicate' } })
  app.google.inject({ match: { method: 'POST', path: /freeBusy$/ }, kind: { status: 200, json: free } })
  const cancelled = { id: eventId, status: 'cancelled', start: { dateTime: input.start }, end: { dateTime: input.end } }
  app.google.inject({ match: { method: 'GET', path }, kind: { status: 200, json: cancelled } })
  const refusal = await refusalOf(create(input))
  expect(refusal).toMatchObject({ reason: 'VALIDATION_FAILED', message: expect.stringContaining('deleted') })
  expect(inbox.requests('GET', path)).toHaveLength(1)
})

const free = { calendars: { primary: { busy: [] } } }

test.each<[string, MailToWrite['subject'], string]>([
  ['its sender’s address, where the mail has no subject', '', 'ada@engine.example'],
  ['without what nobody sees', 'Meet\u200b \u202eme', 'Meet me'],
  ['200 characters at most', 'x'.repeat(300), 'x'.repeat(200)],
])('the summary is %s', async (_name, subject, expected) => {
  const { inbox, create, input } = await offer({ subject: subject ?? '' })
  await create(input)
  expect(toldOf(inbox)).toMatchObject([{ summary: expected }])
})

test('no event is made for a draft that is not approved, nor for an hour that it does not offer', async () => {
  const { inbox, draft, hour, create, input } = await offer({ isApproved: false })
  expect(await refusalOf(create(input))).toMatchObject({ status: 409, reason: 'DRAFT_NOT_APPROVED' })
  await inbox.api.drafts.approve(approvalOf(draft))
  const later = new Date(Date.parse(hour.end) + 3_600_000).toISOString()
  const longer = new Date(Date.parse(hour.end) + 60_000).toISOString()
  for (const wrong of [
    { start: hour.end, end: later },
    { start: hour.start, end: longer },
  ]) {
    expect(await refusalOf(create({ ...input, ...wrong }))).toMatchObject({ status: 400, reason: 'VALIDATION_FAILED' })
  }
  const { draft: foreign } = await offer()
  for (const draftId of [foreign.id, randomUUID()]) {
    expect(await refusalOf(create({ ...input, draftId }))).toMatchObject({ status: 404, reason: 'NOT_FOUND' })
  }
  await inbox.api.drafts.cancelSend(versionOf(draft))
  expect(await refusalOf(create(input))).toMatchObject({ reason: 'DRAFT_NOT_APPROVED' })
  expect(inbox.requests('POST', events)).toEqual([])
})

test('no event is made for an invitation, whose event is there already', async () => {
  const { inbox, draft, create, input } = await offer()
  const set = (flags: 'calendar'[], calendar: string | null) =>
    app.db.updateTable('emails').set({ flags, calendar }).where('id', '=', draft.emailId).execute()
  for (const [flags, calendar] of [
    [['calendar'], null],
    [[], JSON.stringify({ method: 'REQUEST', summary: null, start: null, end: null, organizer: null })],
  ] as [['calendar'], string | null][]) {
    await set(flags, calendar)
    const refusal = await refusalOf(create(input))
    expect(refusal).toMatchObject({ reason: 'VALIDATION_FAILED', message: expect.stringContaining('invitation') })
  }
  expect(inbox.requests('POST', events)).toEqual([])
})

test('an owner who allowed free/busy alone is told what is missing', async () => {
  const { inbox, create, input } = await offer()
  const kind = faultMatrix.insufficientPermissions
  app.google.inject({ match: { method: 'POST', path: events, email: inbox.owner.email }, kind })
  expect(await refusalOf(create(input))).toMatchObject({ status: 412, reason: 'CALENDAR_SCOPE_MISSING' })
})
