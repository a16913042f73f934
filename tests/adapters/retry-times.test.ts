import { describe, expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { createGoogleAuth } from '../../server/adapters/google/auth.ts'
import { toUpstream } from '../../server/adapters/google/errors.ts'
import { createGemini } from '../../server/adapters/gemini/gemini.ts'
import type { UpstreamError } from '../../server/errors.ts'
import { failing } from '../support/gemini-server.ts'
import { startModelServer } from '../support/model-server.ts'
import { connectGoogle, sandboxConfig } from '../support/google-account.ts'

const now = new Date('2026-03-10T12:00:00.000Z')
const dayLater = '2026-03-11T12:00:00.000Z'

function failedWith(
  status: number,
  { retryAfter, message = '', reason = 'rateLimitExceeded' }: Record<string, string>,
) {
  const headers = new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter })
  return { status, message: 'failed', response: { headers, data: { error: { message, errors: [{ reason }] } } } }
}

describe('the time Google names', () => {
  test.each([
    ['in seconds', { retryAfter: '90' }, '2026-03-10T12:01:30.000Z'],
    ['as a date', { retryAfter: 'Tue, 10 Mar 2026 12:20:00 GMT' }, '2026-03-10T12:20:00.000Z'],
    [
      'in its message',
      { message: 'User-rate limit exceeded.  Retry after 2026-03-10T12:15:42.247Z' },
      '2026-03-10T12:15:42.247Z',
    ],
    ['in a sentence', { message: 'Retry after 2026-03-10T12:15:42.247Z. (Mail sending)' }, '2026-03-10T12:15:42.247Z'],
    ['far too late, in seconds', { retryAfter: '99999999999999999999' }, dayLater],
    ['far too late, as a date', { retryAfter: 'Fri, 01 Jan 2100 00:00:00 GMT' }, dayLater],
    ['in no way', {}, undefined],
    ['as nonsense', { retryAfter: 'soon', message: 'Retry after lunch' }, undefined],
  ])('%s is understood', (_name, given, expected) => {
    const { kind, retryAt } = toUpstream('gmail', failedWith(429, given), now)
    expect([kind, retryAt?.toISOString()]).toEqual(['rate_limited', expected])
  })

  test('is kept for a service that is away as well', () => {
    const failure = toUpstream('calendar', failedWith(503, { retryAfter: '30', reason: 'backendError' }), now)
    expect(failure).toMatchObject({ kind: 'unavailable', retryAt: new Date('2026-03-10T12:00:30.000Z') })
  })

  test.each([
    ['2026-03-10T12:00:00.000Z', '2026-03-11T07:00:00.000Z'],
    ['2026-12-10T12:00:00.000Z', '2026-12-11T08:00:00.000Z'],
    ['2026-03-08T07:59:00.000Z', '2026-03-08T08:00:00.000Z'],
    ['2026-03-08T08:01:00.000Z', '2026-03-09T07:00:00.000Z'],
  ])('a daily limit met at %s ends with the day in California', (at, ends) => {
    const failure = toUpstream('gmail', failedWith(403, { reason: 'dailyLimitExceeded' }), new Date(at))
    expect(failure).toMatchObject({ kind: 'daily_limit', retryAt: new Date(ends) })
  })
})

async function failureOf(call: Promise<unknown>): Promise<UpstreamError> {
  return call.then(
    () => Promise.reject(new Error('it worked')),
    (error: UpstreamError) => error,
  )
}

const inSeconds = ({ retryAt }: UpstreamError) => ((retryAt?.getTime() ?? 0) - Date.now()) / 1_000

test('Google sign-in is given the time it asks for', async () => {
  await using google = await connectGoogle()
  google.sandbox.inject({ match: { path: /\/token$/ }, kind: { ...faultMatrix.retryAfterSeconds, retryAfter: '120' } })
  const failure = await failureOf(createGoogleAuth(sandboxConfig(google.sandbox)).refresh('token'))
  expect(failure).toMatchObject({ vendor: 'google-oauth', kind: 'rate_limited' })
  expect(inSeconds(failure)).toBeGreaterThan(110)
})

test('Gemini is given the time it asks for when it is overloaded', async () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '40s' }]
  await using server = await startModelServer(failing(503, 'UNAVAILABLE', details))
  const config = {
    provider: 'gemini',
    apiKey: 'k',
    model: 'm',
    classifyModel: 'm',
    embeddingModel: 'e',
    baseUrl: server.baseUrl,
  } as const
  const failure = await failureOf(createGemini(config).embedder.embed(['a'], 'query', new AbortController().signal))
  expect(failure).toMatchObject({ vendor: 'gemini', kind: 'unavailable' })
  expect(inSeconds(failure)).toBeGreaterThan(35)
})

test('when Gmail is down it is left alone after ten calls, each with its three tries', async () => {
  await using google = await connectGoogle()
  using fault = google.sandbox.inject({ match: { path: /\/profile$/ }, kind: faultMatrix.unavailable, times: Infinity })
  const readProfile = () => failureOf(google.mailbox.profile(google.ref))
  for (let calls = 0; calls < 10; calls += 1) expect(await readProfile()).toMatchObject({ retryAt: undefined })
  expect(fault.hits).toBe(30)

  const failure = await readProfile()
  expect(failure).toMatchObject({ vendor: 'gmail', kind: 'unavailable' })
  expect(inSeconds(failure)).toBeGreaterThan(20)
  expect(await failureOf(google.mailSender.sendGmailDraft(google.ref, 'draft'))).toEqual(failure)
  expect(fault.hits).toBe(30)
})
