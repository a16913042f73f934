import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { answer, password, startTestServer } from './test-server.ts'

test('behind https the cookies are __Host-, Secure, HttpOnly and for the whole host', async () => {
  await using server = await startTestServer({ TRUST_PROXY: '1' })
  const https = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' }
  const email = `${randomUUID()}@example.com`
  const registered = await server.call('auth.register', { email, password }, { headers: https })
  expect(registered.cookies).toEqual([
    expect.stringMatching(/^__Host-reasonflow_refresh=.+; Path=\/; Expires=.+; HttpOnly; Secure; SameSite=Strict$/),
    expect.stringMatching(/^__Host-reasonflow_device=.+; Path=\/; Expires=.+; HttpOnly; Secure; SameSite=Strict$/),
  ])
  const token = registered.body.result.data.accessToken as string
  const begun = await server.call('mailboxes.authorizeUrl', { purpose: 'connect' }, { token, headers: https })
  expect(begun.cookies).toEqual([
    expect.stringMatching(/^__Host-reasonflow_browser=.+; Path=\/; Expires=.+; HttpOnly; Secure; SameSite=Lax$/),
  ])

  // A plain cookie of that name, set by a neighbouring host, is not read.
  const value = registered.cookies[0]?.split(';')[0]?.split('=')[1]
  const tossed = { cookie: `reasonflow_refresh=${value}`, headers: https }
  expect((await server.call('auth.refresh', undefined, tossed)).status).toBe(401)
  const own = { cookie: `__Host-reasonflow_refresh=${value}`, headers: https }
  expect((await server.call('auth.refresh', undefined, own)).status).toBe(200)
})

test('with a frontend on https the cookies are Secure even when the proxy is not announced', async () => {
  await using server = await startTestServer({ FRONTEND_URL: 'https://app.example.com' })
  const { cookies } = await server.call('auth.register', { email: 'a@example.com', password })
  expect(cookies[0]).toMatch(/^__Host-.+Secure/)
})

test('on http under any other host name the cookie is Secure, so that it never travels in the clear', async () => {
  await using server = await startTestServer()
  const { request } = await import('node:http')
  const cookie = await new Promise<string[] | undefined>((resolve, reject) => {
    const body = JSON.stringify({ email: 'a@example.com', password })
    const headers = { host: '192.168.1.5:8000', 'content-type': 'application/json', 'content-length': body.length }
    request(`${server.url}/trpc/auth.register`, { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.headers['set-cookie'])
    })
      .on('error', reject)
      .end(body)
  })
  expect(cookie?.[0]).toMatch(/^__Host-.+Secure/)
})

test('a forged X-Forwarded-For dodges no limit when no proxy is trusted', async () => {
  await using server = await startTestServer()
  const statuses = []
  for (let attempt = 0; attempt < 12; attempt++) {
    const headers = { 'x-forwarded-for': `203.0.${attempt}.7` }
    const { status } = await server.call('auth.login', { email: 'a@example.com', password: 'wrong one' }, { headers })
    statuses.push(status)
  }
  expect(statuses.slice(0, 10).every((status) => status === 401)).toBe(true)
  expect(statuses.slice(10)).toEqual([429, 429])
})

test('strangers from many networks slow each other down and never lock the owner out', async () => {
  await using server = await startTestServer({ TRUST_PROXY: '1' })
  const alice = await server.newUser()
  const login = (address: string, tried: string) =>
    server.call(
      'auth.login',
      { email: alice.user.email, password: tried },
      { headers: { 'x-forwarded-for': `8.8.8.8, ${address}` } },
    )
  const strangers = []
  for (let network = 0; network < 10; network++) {
    for (let attempt = 0; attempt < 7; attempt++) strangers.push(await login(`203.0.${network}.7`, 'wrong one'))
  }
  expect(strangers.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
  expect((await login('198.51.100.7', password)).status).toBe(200)
  expect((await login('198.51.100.7', 'a typing error')).status).toBe(401)
  expect((await login('198.51.100.7', password)).status).toBe(200)
})

test('metrics are for the bearer of the token, however their address is spelt, forwarded or not', async () => {
  await using server = await startTestServer({ METRICS_TOKEN: 'metrics-token-of-the-test' })
  const figures = 'reasonflow_http_request_duration_seconds'
  const bearer = { authorization: 'Bearer metrics-token-of-the-test' }
  for (const path of ['/metrics', '/metrics/', '/METRICS', '/%6Detrics', '//metrics', '/metrics?x=1', '/./metrics']) {
    for (const forwarded of [{}, { 'x-forwarded-for': '203.0.113.7' }, { 'x-forwarded-for': '127.0.0.1' }]) {
      for (const wrong of [{}, { authorization: 'Bearer wrong' }]) {
        const { status, body } = await answer(`${server.url}${path}`, { headers: { ...forwarded, ...wrong } })
        expect([401, 404]).toContain(status)
        expect(JSON.stringify(body)).not.toContain(figures)
      }
    }
  }
  const forwarded = { ...bearer, 'x-forwarded-for': '203.0.113.7' }
  expect((await answer(`${server.url}/metrics`, { headers: forwarded })).body).toContain(figures)
  await answer(`${server.url}/trpc/made.up.by.a.client`, {})
  expect((await answer(`${server.url}/metrics`, { headers: bearer })).body).not.toContain('made.up')
})

test('without a token metrics are for this machine, and for nobody behind a proxy, announced or not', async () => {
  for (const TRUST_PROXY of ['0', '1']) {
    await using server = await startTestServer({ TRUST_PROXY })
    expect((await answer(`${server.url}/metrics`, {})).status).toBe(200)
    for (const headers of [{ 'x-forwarded-for': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }] as Record<
      string,
      string
    >[]) {
      expect((await answer(`${server.url}/metrics`, { headers })).status).toBe(401)
    }
  }
})

test('a proxy that nobody announced is told of in the log, once', async () => {
  await using server = await startTestServer()
  const told = () => server.lines.filter((line) => line.includes('TRUST_PROXY is not set'))
  await server.ask('auth.me')
  expect(told()).toEqual([])
  for (let call = 0; call < 3; call++)
    await server.ask('auth.me', undefined, { headers: { 'x-forwarded-for': '1.2.3.4' } })
  expect(told()).toHaveLength(1)
  await using announced = await startTestServer({ TRUST_PROXY: '1' })
  await announced.ask('auth.me', undefined, { headers: { 'x-forwarded-for': '1.2.3.4' } })
  expect(announced.lines.join('')).not.toContain('TRUST_PROXY')
})

test('a client of HTTP/1.0 that names no host is answered like any other', async () => {
  await using server = await startTestServer()
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET /trpc/audit.list HTTP/1.0\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 .*"reason":"UNAUTHENTICATED"/s)
})
