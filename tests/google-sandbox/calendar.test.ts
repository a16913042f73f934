import { expect, test } from 'vitest'
import { startSandbox } from '../../google-sandbox/sandbox.ts'
import { connect, failureOf, scopes } from './connect.ts'

const ada = 'ada@example.test'
const at = (hour: number) => new Date(Date.UTC(2026, 2, 2, hour))
const range = { timeMin: at(9).toISOString(), timeMax: at(17).toISOString() }

test('free/busy shows the busy times of the window, joined, and says inside which calendar is unknown', async () => {
  await using sandbox = await startSandbox()
  const { calendar } = await connect(sandbox, ada)
  await sandbox.addEvent(ada, { summary: 'Early', start: at(8), end: at(10) })
  await sandbox.addEvent(ada, { summary: 'Next', start: at(10), end: at(11) })
  await sandbox.addEvent(ada, { summary: 'Late', start: at(15), end: at(16) })

  const items = [{ id: 'primary' }, { id: 'nobody@example.test' }]
  const { data } = await calendar.freebusy.query({ requestBody: { ...range, items } })
  expect(data.calendars).toMatchObject({
    primary: {
      busy: [
        { start: '2026-03-02T09:00:00Z', end: '2026-03-02T11:00:00Z' },
        { start: '2026-03-02T15:00:00Z', end: '2026-03-02T16:00:00Z' },
      ],
    },
    'nobody@example.test': { errors: [{ reason: 'notFound' }] },
  })
})

test('an event is made, changed and removed under the id it was given', async () => {
  await using sandbox = await startSandbox()
  const { calendar } = await connect(sandbox, ada)
  const start = { dateTime: at(12).toISOString() }
  const requestBody = { id: 'meeting1', summary: 'Meet', start, end: { dateTime: at(13).toISOString() } }
  const where = { calendarId: 'primary', eventId: 'meeting1' }

  await calendar.events.insert({ calendarId: 'primary', requestBody })
  const again = calendar.events.insert({ calendarId: 'primary', requestBody })
  expect(await failureOf(again)).toMatchObject({ status: 409, reason: 'duplicate' })
  const end = { dateTime: at(14).toISOString() }
  await calendar.events.patch({ ...where, requestBody: { summary: 'Meet longer', end } })
  expect((await calendar.events.get(where)).data).toMatchObject({ id: 'meeting1', summary: 'Meet longer', start, end })
  const busy = await calendar.freebusy.query({ requestBody: { ...range, items: [{ id: ada }] } })
  expect(busy.data.calendars?.[ada]?.busy).toEqual([{ start: '2026-03-02T12:00:00Z', end: '2026-03-02T14:00:00Z' }])

  const list = await calendar.events.list({ calendarId: 'primary', singleEvents: true, orderBy: 'startTime', ...range })
  expect(list.data.items?.map(({ id }) => id)).toEqual(['meeting1'])
  await calendar.events.delete(where)
  expect((await calendar.events.list({ calendarId: 'primary' })).data.items).toEqual([])
  // Its id stays taken, under which it can be read as cancelled.
  expect((await calendar.events.get(where)).data).toMatchObject({ id: 'meeting1', status: 'cancelled' })
  const anew = calendar.events.insert({ calendarId: 'primary', requestBody })
  expect(await failureOf(anew)).toMatchObject({ status: 409, reason: 'duplicate' })
  expect(await failureOf(calendar.events.delete(where))).toMatchObject({ status: 410, reason: 'deleted' })
  const unknown = calendar.events.get({ ...where, eventId: 'unknown1' })
  expect(await failureOf(unknown)).toMatchObject({ status: 404, reason: 'notFound' })
})

test('of two calls at once with one id one makes the event, and what ends before it begins is none', async () => {
  await using sandbox = await startSandbox()
  const { calendar } = await connect(sandbox, ada)
  const [start, end] = [at(12), at(13)].map((time) => ({ dateTime: time.toISOString() }))
  const insert = (requestBody: object) => calendar.events.insert({ calendarId: 'primary', requestBody })
  const results = await Promise.allSettled([1, 2].map(() => insert({ id: 'meeting1', start, end })))
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect((await calendar.events.list({ calendarId: 'primary' })).data.items).toHaveLength(1)
  const backwards = insert({ start: end, end: start })
  expect(await failureOf(backwards)).toMatchObject({ status: 400, reason: 'timeRangeEmpty' })
})

test('a meeting link comes only when conferenceDataVersion asks for it', async () => {
  await using sandbox = await startSandbox()
  const { calendar } = await connect(sandbox, ada)
  const times = { start: { dateTime: at(12).toISOString() }, end: { dateTime: at(13).toISOString() } }
  const requestBody = { ...times, conferenceData: { createRequest: { requestId: 'r1' } } }

  const without = await calendar.events.insert({ calendarId: 'primary', requestBody })
  expect(without.data.conferenceData).toBeUndefined()
  const made = await calendar.events.insert({ calendarId: 'primary', requestBody, conferenceDataVersion: 1 })
  expect(made.data.hangoutLink).toMatch(/^https:\/\/meet\.google\.com\//)
})

test('calendar, calendar list and time zone can be read with the wide scope only', async () => {
  await using sandbox = await startSandbox()
  await sandbox.addAccount({ email: ada, timeZone: 'Europe/Berlin' })
  const narrow = await connect(sandbox, ada, { isNew: false })
  expect(await failureOf(narrow.calendar.calendarList.list())).toMatchObject({
    status: 403,
    reason: 'insufficientPermissions',
  })

  const { calendar } = await connect(sandbox, ada, { isNew: false, scope: [scopes.calendar] })
  expect((await calendar.calendarList.list()).data.items?.[0]).toMatchObject({ id: ada, primary: true })
  expect((await calendar.calendars.get({ calendarId: 'primary' })).data.timeZone).toBe('Europe/Berlin')
  expect((await calendar.settings.get({ setting: 'timezone' })).data.value).toBe('Europe/Berlin')
  const synced = calendar.events.list({ calendarId: 'primary', syncToken: 'old' })
  expect(await failureOf(synced)).toMatchObject({ status: 410, reason: 'fullSyncRequired' })
})
