import { expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { connectGoogle } from '../support/google-account.ts'

const start = new Date('2026-11-12T08:00:00Z')
const end = new Date('2026-11-12T18:00:00Z')
const at = (time: string) => new Date(`2026-11-12T${time}:00Z`)
const mailScopes = ['gmail.readonly', 'gmail.compose'].map((name) => `https://www.googleapis.com/auth/${name}`)
const freeBusy = /\/freeBusy$/

test('busy times come from the primary calendar, within the window only', async () => {
  await using google = await connectGoogle()
  const { calendar, ref, email, sandbox } = google
  expect(await calendar.busy(ref, { start, end })).toEqual([])
  await sandbox.addEvent(email, { summary: 'Secret plan', start: at('09:00'), end: at('10:00') })
  await sandbox.addEvent(email, { summary: 'Late', start: at('20:00'), end: at('21:00') })
  expect(await calendar.busy(ref, { start, end })).toEqual([{ start: at('09:00'), end: at('10:00') }])
})

test('an owner who declined the calendar lacks the scope, and nothing else is wrong', async () => {
  await using google = await connectGoogle({ scopes: mailScopes })
  const { calendar, mailbox, ref, email } = google
  await expect(calendar.busy(ref, { start, end })).rejects.toMatchObject({ kind: 'scope_missing', vendor: 'calendar' })
  expect(await mailbox.profile(ref)).toMatchObject({ address: email })
})

test.each([
  ['notFound', 'not_found'],
  ['internalError', 'unavailable'],
])('a calendar that cannot be read is not taken for free: %s', async (reason, kind) => {
  await using google = await connectGoogle()
  const json = { calendars: { primary: { errors: [{ domain: 'global', reason }], busy: [] } } }
  google.sandbox.inject({ match: { path: freeBusy }, kind: { status: 200, json } })
  await expect(google.calendar.busy(google.ref, { start, end })).rejects.toMatchObject({ kind })
})

test.each(['internalError', 'reset', 'truncatedJson', 'userRateLimitExceeded'] as const)(
  'the question is asked again after a passing failure: %s',
  async (name) => {
    await using google = await connectGoogle()
    using fault = google.sandbox.inject({ match: { path: freeBusy }, kind: faultMatrix[name] })
    expect(await google.calendar.busy(google.ref, { start, end })).toEqual([])
    expect(fault.hits).toBe(1)
  },
)

const events = /\/calendars\/primary\/events$/

test('events come soonest first, untitled, tentative and all-day ones too, whose midnight is the calendar’s', async () => {
  await using google = await connectGoogle()
  const { calendar, ref, email, sandbox } = google
  await sandbox.addEvent(email, { summary: 'Late', start: at('16:00'), end: at('17:00') })
  await sandbox.addEvent(email, { summary: 'Early', start: at('09:00'), end: at('10:00') })
  const found = await calendar.events(ref, { start, end, limit: 5 })
  expect(found).toMatchObject({
    events: [{ summary: 'Early' }, { summary: 'Late', status: 'confirmed' }],
    hasMore: false,
  })
  expect(google.requests(events)[0]?.query).toContain('singleEvents=true')

  const days = { id: 'a', status: 'tentative', start: { date: '2026-11-12' }, end: { date: '2026-11-14' } }
  sandbox.inject({
    match: { path: events },
    kind: { status: 200, json: { timeZone: 'Europe/Berlin', items: [days] } },
  })
  expect((await calendar.events(ref, { start, end, limit: 5 })).events).toEqual([
    {
      id: 'a',
      summary: '',
      status: 'tentative',
      start: new Date('2026-11-11T23:00:00Z'),
      end: new Date('2026-11-13T23:00:00Z'),
      isAllDay: true,
    },
  ])
})

test('a page that holds fewer than it could is followed by the next, and what is left over is told', async () => {
  await using google = await connectGoogle()
  const { calendar, ref, sandbox } = google
  const page = (id: string, nextPageToken?: string) => {
    const times = { start: { dateTime: at('09:00').toISOString() }, end: { dateTime: at('10:00').toISOString() } }
    sandbox.inject({
      match: { path: events },
      kind: { status: 200, json: { items: [{ id, ...times }], nextPageToken } },
    })
  }
  page('one', 'p2')
  page('two')
  const all = await calendar.events(ref, { start, end, limit: 5 })
  expect(all).toMatchObject({ events: [{ id: 'one' }, { id: 'two' }], hasMore: false })
  expect(google.requests(events).map(({ query }) => /pageToken=p2/.test(query))).toEqual([false, true])
  page('one', 'p2')
  expect(await calendar.events(ref, { start, end, limit: 1 })).toMatchObject({ events: [{ id: 'one' }], hasMore: true })
})

test('an owner who allowed free/busy alone lacks the scope for events', async () => {
  await using google = await connectGoogle({
    scopes: [...mailScopes, 'https://www.googleapis.com/auth/calendar.freebusy'],
  })
  expect(await google.calendar.busy(google.ref, { start, end })).toEqual([])
  const asked = google.calendar.events(google.ref, { start, end, limit: 5 })
  await expect(asked).rejects.toMatchObject({ kind: 'scope_missing', vendor: 'calendar' })
})
