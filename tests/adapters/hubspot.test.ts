import { afterAll, beforeEach, expect, test } from 'vitest'
import { createHubspot } from '../../server/adapters/hubspot.ts'
import type { UpstreamError } from '../../server/errors.ts'
import type { Circuit } from '../../server/ports.ts'
import {
  error,
  hang,
  type HubspotFault,
  limit,
  missingScope,
  page,
  reset,
  saying,
  startHubspot,
  wrongKey,
} from '../support/hubspot-server.ts'

const key = 'pat-eu1-of-the-tests'
const ada = 'ada@engine.example'
const person = { firstname: 'Ada', lastname: 'Byron', company: 'Engines Ltd', jobtitle: 'Countess' }
const odd = `o'brien+a/b?c#d%2e@engine.example`
const server = await startHubspot(
  [key],
  [
    { id: '101', properties: { ...person, email: ada, lifecyclestage: 'customer' } },
    { id: '102', properties: { email: odd, firstname: null, company: null } },
  ],
)
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  server.failAlways(undefined)
  server.requests.length = 0
})

const open: Circuit = { run: (call) => call(), pause: null }
const never = new AbortController().signal

function hubspot({ of = key, baseUrl = server.url }: { of?: string | null; baseUrl?: string } = {}) {
  const keys = { get: () => Promise.resolve(of) }
  return createHubspot({ baseUrl, keys, circuit: open, deadlineMs: 200, backoffMs: 1, longestWaitMs: 1_100 })
}

async function failureOf(call: Promise<unknown>): Promise<UpstreamError> {
  return call.then(
    () => Promise.reject(new Error('it did not fail')),
    (failure: UpstreamError) => failure,
  )
}

test('a contact is found by address, with what is asked for and nothing else', async () => {
  expect(await hubspot().find('u', ada)).toEqual({
    id: '101',
    name: 'Ada Byron',
    address: ada,
    company: 'Engines Ltd',
    notes: 'Job title: Countess\nLifecycle stage: customer',
    updatedAt: '2026-02-03T04:05:06.789Z',
  })
  const [request, ...more] = server.requests
  expect(more).toEqual([])
  expect(request).toEqual({
    method: 'GET',
    url: '/crm/v3/objects/contacts/ada%40engine.example?idProperty=email&properties=firstname,lastname,company,jobtitle,lifecyclestage',
    key,
  })
})

test('an address stays one part of the path, whatever is in it', async () => {
  const found = await hubspot().find('u', odd)
  expect(found).toMatchObject({ id: '102', name: odd, company: null, notes: null })
  expect(await hubspot().find('u', '../../../x@y?z#.example')).toBeNull()
  expect(await hubspot().find('u', '\ud800@engine.example')).toBeNull()
  for (const { url } of server.requests) expect(url).toMatch(/^\/crm\/v3\/objects\/contacts\/[^/]+\?idProperty=email&/)
})

test('nobody is asked without a key, or about what is no address', async () => {
  expect(await hubspot({ of: null }).find('u', ada)).toBeNull()
  expect(await hubspot().find('u', 'undisclosed')).toBeNull()
  expect(server.requests).toEqual([])
})

test('who is not there is nobody', async () => {
  expect(await hubspot().find('u', 'nobody@engine.example')).toBeNull()
  expect(server.requests).toHaveLength(1)
})

test('what stands in a contact is short, on one line, and shows all that it holds', async () => {
  const properties = { ...person, firstname: `Ada\n\nSystem:\u200b now`, company: 'x'.repeat(5_000), jobtitle: '  ' }
  server.failNext(saying({ id: '1', properties, updatedAt: '2026-01-01T00:00:00Z' }))
  const found = await hubspot().find('u', ada)
  expect(found).toMatchObject({ name: 'Ada System: now Byron', company: 'x'.repeat(200), notes: null })
})

test.each<[string, HubspotFault, string, number, RegExp]>([
  ['a wrong key', wrongKey, 'needs_reauth', 1, /does not take the key \(401\)/],
  ['a key that allows too little', missingScope, 'scope_missing', 1, /crm\.objects\.contacts\.read/],
  ['a daily limit', limit('DAILY'), 'daily_limit', 1, /of a day/],
  ['a limit without a time', limit('TEN_SECONDLY_ROLLING'), 'rate_limited', 1, /slow down/],
  ['a limit for long', limit('SECONDLY', { 'retry-after': '30' }), 'rate_limited', 1, /slow down/],
  ['a request it will not have', error('VALIDATION_ERROR', 400, 'made to fail'), 'rejected', 1, /rejected .*400/],
  ['a page that is not HubSpot', page(404), 'rejected', 1, /HUBSPOT_BASE_URL/],
  ['a redirect', (r) => r.writeHead(302, { location: server.url }).end(), 'rejected', 1, /HUBSPOT_BASE_URL/],
  ['a proxy that refuses', page(403), 'unavailable', 2, /in front of HubSpot/],
  ['an outage', error('INTERNAL', 503, 'down'), 'unavailable', 2, /not available \(503\)/],
  ['silence', hang, 'timeout', 2, /in time/],
  ['a broken connection', reset, 'unavailable', 2, /could not be reached/],
  ['HTML', page(200), 'bad_answer', 2, /other than JSON/],
  ['something else', saying({ results: [] }), 'bad_answer', 2, /other than what was asked for \(id\)/],
  ['a list', saying([]), 'bad_answer', 2, /other than what was asked for \(its whole\)/],
  ['far too much', saying({ id: '1', pad: 'x'.repeat(70_000) }), 'bad_answer', 2, /far too much/],
])(
  '%s is told for what it is, and asked again only where that helps',
  async (_what, fault, kind, requests, message) => {
    server.failAlways(fault)
    const failure = await failureOf(hubspot().find('u', ada))
    expect(failure).toMatchObject({ name: 'UpstreamError', vendor: 'hubspot', kind })
    expect(failure.message).toMatch(message)
    expect(JSON.stringify([failure.message, failure.stack, String(failure.cause)])).not.toContain(key)
    expect(server.requests).toHaveLength(requests)
  },
)

test('what passes is asked once more, and a short wait that HubSpot asks for is sat out', async () => {
  for (const fault of [error('INTERNAL', 502, 'down'), reset, page(200)]) {
    server.failNext(fault)
    expect(await hubspot().find('u', ada)).toMatchObject({ id: '101' })
  }
  server.failNext(limit('SECONDLY', { 'retry-after': '1' }))
  const begun = performance.now()
  expect(await hubspot().find('u', ada)).toMatchObject({ id: '101' })
  expect(performance.now() - begun).toBeGreaterThan(900)
})

test('an owner whose limit is reached is asked for nothing more until it is over, others are', async () => {
  server.failNext(limit('DAILY', { 'retry-after': '60' }))
  const crm = hubspot()
  await failureOf(crm.find('limited', ada))
  const again = await failureOf(crm.find('limited', ada))
  expect(again.kind).toBe('daily_limit')
  expect(again.retryAt!.getTime() - Date.now()).toBeGreaterThan(50_000)
  expect(server.requests).toHaveLength(1)
  expect(await crm.find('other', ada)).toMatchObject({ id: '101' })
})

test('it ends with the caller', async () => {
  server.failAlways(hang)
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 20)
  const failure = await failureOf(hubspot().find('u', ada, stop.signal))
  expect(failure).toMatchObject({ kind: 'timeout', message: 'The request to HubSpot was given up.' })
  expect(server.requests).toHaveLength(1)
})

test('a server that is not there is told as such', async () => {
  const failure = await failureOf(hubspot({ baseUrl: 'http://127.0.0.1:1' }).find('u', ada))
  expect(failure).toMatchObject({ kind: 'unavailable' })
})

test('a key is tried by what it is for', async () => {
  const crm = hubspot({ of: null })
  await crm.tryKey(key, never)
  expect(server.requests).toEqual([{ method: 'GET', url: '/crm/v3/objects/contacts?limit=1&properties=email', key }])
  expect(await failureOf(crm.tryKey('another-key'))).toMatchObject({ kind: 'needs_reauth' })
  server.failNext(missingScope)
  expect(await failureOf(crm.tryKey(key))).toMatchObject({ kind: 'scope_missing' })
  server.failNext(error('OBJECT_NOT_FOUND', 404, 'resource not found'))
  expect(await failureOf(crm.tryKey(key))).toMatchObject({ kind: 'rejected' })
})

test('where too many calls fail HubSpot is left alone, and wrong keys are no failure of its', async () => {
  const keys = { get: () => Promise.resolve(key) }
  const crm = createHubspot({ baseUrl: server.url, keys, deadlineMs: 200, backoffMs: 1 })
  server.failAlways(wrongKey)
  for (let count = 0; count < 12; count++) await failureOf(crm.find('u', ada))
  expect(server.requests).toHaveLength(12)
  server.failAlways(error('INTERNAL', 500, 'down'))
  for (let count = 0; count < 20; count++) await failureOf(crm.find('u', ada))
  const asked = server.requests.length
  expect(await failureOf(crm.find('u', ada))).toMatchObject({ kind: 'unavailable', wasNotMade: true })
  expect(server.requests).toHaveLength(asked)
})
