import { request } from 'node:http'
import { createTRPCClient, httpBatchLink, type TRPCClientError } from '@trpc/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appRouter, type AppRouter } from '../../server/router.ts'
import { answer, password, type SignedIn, startTestServer, type TestServer } from './test-server.ts'

let server: TestServer
let alice: SignedIn
beforeAll(async () => {
  server = await startTestServer({ CORS_ORIGINS: '["http://localhost:3000","https://app.example.com"]' })
  alice = await server.newUser()
})
afterAll(() => server[Symbol.asyncDispose]())

const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>)
const mutations = procedures.filter(([, procedure]) => procedure._def.type === 'mutation').map(([name]) => name)

const hostileOrigins = [
  'null',
  'https://evil.example',
  'http://localhost:3001',
  'https://localhost:3000',
  'http://localhost',
  'http://localhost:30000',
  'http://localhost:3000.evil.example',
  'http://localhost:3000@evil.example',
  'http://evil.example/http://localhost:3000',
  'http://LOCALHOST:3000',
  'http://127.0.0.1:3000',
  'http://localhost:3000/',
  'https://app.example.com.evil.example',
  'https://evilapp.example.com',
  'https://evil.app.example.com',
  'http://app.example.com',
  'https://app.example.com:444',
  'https://app_example.com',
  'https://app.example.com, http://localhost:3000',
  '*',
]

test.each(hostileOrigins)('a request from the origin %s is refused and may read nothing', async (origin) => {
  for (const { status, body, headers } of [
    await server.call('auth.login', { email: alice.user.email, password }, { headers: { origin } }),
    await server.ask('auth.me', undefined, { token: alice.accessToken, headers: { origin } }),
  ]) {
    expect(status).toBe(403)
    expect(body.error.data.reason).toBe('ORIGIN_NOT_ALLOWED')
    expect(headers.get('access-control-allow-origin')).toBeNull()
  }
})

test('a configured origin may call with credentials, its preflight included', async () => {
  const origin = 'https://app.example.com'
  const { status, headers } = await server.ask('auth.me', undefined, {
    token: alice.accessToken,
    headers: { origin },
  })
  expect(status).toBe(200)
  expect(headers.get('access-control-allow-origin')).toBe(origin)
  expect(headers.get('access-control-allow-credentials')).toBe('true')
  const preflight = await answer(`${server.url}/trpc/auth.login`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  })
  expect(preflight.status).toBe(204)
  expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type')
})

const forms = ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', '']
const cases = mutations.flatMap((name) => forms.map((type) => [name, type] as const))

test.each(cases)('%s refuses a post of type "%s" and changes nothing', async (name, type) => {
  const cookie = `reasonflow_refresh=${alice.refreshToken}`
  const init = {
    method: 'POST',
    headers: { ...(type ? { 'content-type': type } : {}), cookie, authorization: `Bearer ${alice.accessToken}` },
  }
  const body = type ? '{"purpose":"connect"}' : new Uint8Array([123, 125])
  const here = await answer(`${server.url}/trpc/${name}`, { ...init, body })
  expect(here.status).toBe(415)
  expect(here.body.error.data.reason).toBe('UNSUPPORTED_CONTENT_TYPE')
  const headers = { ...init.headers, origin: 'https://evil.example' }
  expect((await answer(`${server.url}/trpc/${name}`, { ...init, headers, body })).status).toBe(403)
  expect((await server.ask('auth.me', undefined, { token: alice.accessToken })).status).toBe(200)
})

test.each(mutations)('GET does not reach the mutation %s', async (name) => {
  const { status, body } = await server.ask(name, {}, { token: alice.accessToken })
  expect(status).toBe(405)
  expect(body.error.data.reason).toBe('METHOD_NOT_SUPPORTED')
})

test.each(['PUT', 'PATCH', 'DELETE'])('%s is not supported', async (method) => {
  const { status } = await answer(`${server.url}/trpc/auth.login`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(status).toBe(405)
})

test('a batch of ten is answered call by call, one of eleven not at all', async () => {
  const batch = (size: number) =>
    answer(`${server.url}/trpc/${Array.from({ length: size }, () => 'mailboxes.list').join(',')}?batch=1`, {
      headers: { authorization: `Bearer ${alice.accessToken}` },
    })
  const ten = await batch(10)
  expect(ten.status).toBe(200)
  expect(ten.body).toHaveLength(10)
  const eleven = await batch(11)
  expect(eleven.status).toBe(400)
  expect(JSON.stringify(eleven.body)).toContain('VALIDATION_FAILED')
  expect(JSON.stringify(eleven.body)).not.toContain('"items"')
})

test('a request that cannot be read is refused as JSON, so that a client that looks at the type reads why', async () => {
  const eleven = Array.from({ length: 11 }, () => 'mailboxes.list').join(',')
  const authorization = `Bearer ${alice.accessToken}`
  for (const [path, accept] of [
    [`${eleven}?batch=1`, '*/*'],
    ['mailboxes.list', 'application/jsonl'],
    ['/', '*/*'],
  ] as const) {
    const headers = { authorization, 'trpc-accept': accept }
    const refused = await answer(`${server.url}/trpc/${path}`, { headers })
    expect(refused).toMatchObject({ status: 400, body: { error: { data: { reason: 'VALIDATION_FAILED' } } } })
    expect(refused.headers.get('content-type')).toBe('application/json')
  }
})

test.each(['auth.login,auth.login', 'auth.login%2Cauth.login', 'auth.login,mailboxes.sync'])(
  'auth mutations are refused in the batch %s',
  async (path) => {
    const input = { email: alice.user.email, password }
    const { status, body } = await answer(`${server.url}/trpc/${path}?batch=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ 0: input, 1: input }),
    })
    expect(status).toBe(400)
    expect(JSON.stringify(body)).not.toContain('accessToken')
    expect(JSON.stringify(body)).toContain('one at a time')
  },
)

test('an auth mutation is refused as a stream, where its cookie would be lost', async () => {
  const response = await fetch(`${server.url}/trpc/auth.login?batch=1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'trpc-accept': 'application/jsonl' },
    body: JSON.stringify({ 0: { email: alice.user.email, password } }),
  })
  const text = await response.text()
  expect(text).toContain('VALIDATION_FAILED')
  expect(text).not.toContain('accessToken')
})

test('the tRPC client a frontend uses works end to end, and its errors carry the reason', async () => {
  const client = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${server.url}/trpc` })] })
  const signedIn = await client.auth.login.mutate({ email: alice.user.email, password, tokenTransport: 'body' })
  expect(signedIn.user).toEqual(alice.user)
  const refused = await client.auth.me.query().catch((error: unknown) => error as TRPCClientError<AppRouter>)
  expect(refused).toMatchObject({ data: { reason: 'UNAUTHENTICATED', httpStatus: 401 } })
})

test('an unknown procedure and an unknown address are told apart', async () => {
  const procedure = await server.ask('auth.nothing')
  expect(procedure.status).toBe(404)
  expect(procedure.body.error.data.reason).toBe('PROCEDURE_NOT_FOUND')
  const address = await answer(`${server.url}/nowhere`, {})
  expect(address.status).toBe(404)
  expect(address.body.error.data.reason).toBe('NOT_FOUND')
})

test('a body of 10 MB is refused, announced or not', async () => {
  const big = JSON.stringify({ email: 'a@example.com', password, filler: 'x'.repeat(10_000_000) })
  const announced = await answer(`${server.url}/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: big,
  })
  expect(announced.status).toBe(413)
  expect(announced.body.error.data.reason).toBe('BODY_TOO_LARGE')
  expect(await postInChunks(`${server.url}/trpc/auth.login`, big)).toContain('BODY_TOO_LARGE')
})

test.each([
  ['not JSON', '{'],
  ['a list', '[]'],
  ['a number', '1e400'],
  ['nested 1,000 deep', '['.repeat(1_000) + ']'.repeat(1_000)],
  ['a lone surrogate', '{"email":"\\ud800@example.com","password":"12345678"}'],
  ['a NUL', '{"email":"a\\u0000@example.com","password":"12345678"}'],
])('a body that is %s is refused as invalid', async (_, body) => {
  const response = await answer(`${server.url}/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect(response.status).toBe(400)
  expect(response.body.error.data.reason).toBe('VALIDATION_FAILED')
})

test.each(['/trpc/%', '/trpc/%ff', '/trpc/', '/trpc', '/%'])(
  'the broken path %s is an error of the caller',
  async (path) => {
    const { status } = await answer(`${server.url}${path}`, {})
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  },
)

test('every answer carries a request id of its own, errors in their data too', async () => {
  const { headers, body } = await server.ask('auth.me', undefined, { headers: { 'x-request-id': 'chosen-by-me' } })
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(body.error.data.requestId).toBe(headers.get('x-request-id'))
  const early = await server.call('auth.login', {}, { headers: { origin: 'null' } })
  expect(early.body.error.data.requestId).toBe(early.headers.get('x-request-id'))
})

test('the security headers are set and the server does not name its software', async () => {
  const { headers } = await answer(`${server.url}/health`, {})
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('x-powered-by')).toBeNull()
})

test('the request log has method, path, status and time, and neither query, cookie, token nor password', async () => {
  await server.call(
    'auth.login?x=query-canary',
    { email: alice.user.email, password: 'password-canary' },
    { cookie: 'a=cookie-canary', token: 'token-canary' },
  )
  await expect.poll(() => server.lines.some((line) => line.includes('/trpc/auth.login'))).toBe(true)
  const log = server.lines.join('')
  expect(log).toMatch(/"requestId":"[0-9a-f-]{36}".*"method":"POST","path":"\/trpc\/auth.login","status":401,"ms":\d+/)
  expect(log).not.toMatch(/canary/)
})

test('a call that is refused is told in the log with its reason', async () => {
  const { headers } = await server.ask('emails.list')
  const origin = 'https://evil.example'
  const foreign = await server.call('auth.logout', {}, { token: alice.accessToken, headers: { origin } })
  const told = (requestId: string | null) =>
    server.lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find((line) => line['requestId'] === requestId && line['msg'] === 'request refused')
  // Seen in production too, whose log begins with info.
  const level = 30
  expect(told(headers.get('x-request-id'))).toMatchObject({ level, reason: 'UNAUTHENTICATED', path: 'emails.list' })
  expect(told(foreign.headers.get('x-request-id'))).toMatchObject({ level, reason: 'ORIGIN_NOT_ALLOWED' })
})

function postInChunks(url: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const post = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve(text))
    })
    // The server may close while we still write.
    post.on('error', (error) => ('code' in error && error.code === 'EPIPE' ? undefined : reject(error)))
    for (let at = 0; at < body.length; at += 100_000) post.write(body.slice(at, at + 100_000))
    post.end()
  })
}

test('a process that only works says how it is, and answers nothing else', async () => {
  await using worker = await startTestServer({ ROLES: 'worker', DATABASE_URL: 'postgresql://db/reasonflow' })
  expect((await fetch(`${worker.url}/health`)).status).toBe(200)
  expect((await fetch(`${worker.url}/metrics`)).status).toBe(200)
  for (const path of ['/trpc/system.version', '/api/v1/auth/gmail/callback'])
    expect((await fetch(`${worker.url}${path}`)).status).toBe(404)
})
