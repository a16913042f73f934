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
