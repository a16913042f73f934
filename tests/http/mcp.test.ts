import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { startHttpServer } from '../../server/http/server.ts'
import { hookSteps } from '../../server/step.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { connectMcp, tokenOf, use } from '../support/mcp.ts'

const lines: string[] = []
const app = await createTestApp({
  config: { log: { level: 'debug', pretty: false } },
  log: (line) => void lines.push(line),
})
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => app.db.deleteFrom('rateLimits').execute())

const owner = await app.newOwner()
const token = await tokenOf(app, owner)
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }

interface Sent {
  readonly body?: string | object | ReadableStream
  readonly token?: string | null
  readonly method?: string
  readonly headers?: Record<string, string>
}

/** One request of its own making; what it is refused with, or `null`. */
async function post({ body = list, token: given = token, method = 'POST', headers = {} }: Sent = {}) {
  const response = await fetch(`${await app.url()}/mcp`, {
    method,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(given !== null && { authorization: `Bearer ${given}` }),
      ...headers,
    },
    ...(method === 'POST' && {
      body: body instanceof ReadableStream || typeof body === 'string' ? body : JSON.stringify(body),
    }),
    duplex: 'half',
  })
  const text = await response.text()
  const [, reason = null] = /"reason":"(\w+)"/.exec(text) ?? []
  return { status: response.status, reason, headers: response.headers, text }
}

const unauthenticated = { status: 401, reason: 'UNAUTHENTICATED' }

test('a personal token is let in, and nothing else is: no session, no cookie, none that ended', async () => {
  expect(await post()).toMatchObject({ status: 200, reason: null })
  const refused = await post({ token: null })
  expect(refused).toMatchObject(unauthenticated)
  expect(refused.headers.get('www-authenticate')).toBe('Bearer')
  expect(await post({ token: 'made-up' })).toMatchObject(unauthenticated)
  expect(await post({ token: `rfp_${randomUUID()}.${'a'.repeat(43)}` })).toMatchObject(unauthenticated)
  expect(await post({ token: owner.accessToken })).toMatchObject(unauthenticated)
  expect(await post({ token: owner.refreshToken })).toMatchObject(unauthenticated)
  const cookie = `reasonflow_refresh=${owner.refreshToken}`
  expect(await post({ token: null, headers: { cookie } })).toMatchObject(unauthenticated)

  const api = app.as(owner)
  const revoked = await api.auth.createToken({ name: 'x', expiresInDays: 1, scopes: ['read'] })
  await api.auth.revokeToken({ tokenId: revoked.id })
  expect(await post({ token: revoked.token })).toMatchObject(unauthenticated)
  const brief = await createTestApp()
  await using _brief = brief
  const other = await brief.newOwner()
  const expired = await tokenOf(brief, other)
  brief.clock.advance(25 * 3_600_000)
  await expect(connectMcp(brief, expired)).rejects.toMatchObject({ status: 401 })
})

test('a page from elsewhere, another type, another method and a batch are refused', async () => {
  const origin = 'https://evil.example'
  expect(await post({ headers: { origin } })).toMatchObject({ status: 403, reason: 'ORIGIN_NOT_ALLOWED' })
  const unsupported = { status: 415, reason: 'UNSUPPORTED_CONTENT_TYPE' }
  expect(await post({ headers: { 'content-type': 'text/plain' } })).toMatchObject(unsupported)
  for (const method of ['GET', 'DELETE', 'PUT']) {
    const refused = await post({ method })
    expect(refused).toMatchObject({ status: 405, reason: 'METHOD_NOT_SUPPORTED' })
    expect(refused.headers.get('allow')).toBe('POST')
  }
  const unreadable = { status: 400, reason: 'VALIDATION_FAILED' }
  for (const body of ['', '{', 'null', '7', [list], Array.from({ length: 500 }, () => list)]) {
    expect(await post({ body })).toMatchObject(unreadable)
  }
})

test('what is no message of the protocol is answered as one, without a stack', async () => {
  for (const body of [{}, { jsonrpc: '2.0', id: 1, method: 'tools/send', params: {} }, { ...list, jsonrpc: '1.0' }]) {
    const { status, text } = await post({ body })
    expect(status).toBeLessThan(500)
    expect(text).toContain('"error"')
    expect(text).not.toMatch(/\bat .*\.(ts|mjs):\d/)
  }
  const call = { ...list, method: 'tools/call' }
  for (const params of [{}, { name: 7 }, { name: 'get_email', arguments: 'x' }, { name: '__proto__' }]) {
    expect((await post({ body: { ...call, params } })).text).toMatch(/"code":-32602/)
  }
})

test('a request that is too large is refused, announced or not, and one that fits a draft is not', async () => {
  const large = JSON.stringify({ ...list, params: { x: 'x'.repeat(10_000_000) } })
  const tooLarge = { status: 413, reason: 'BODY_TOO_LARGE' }
  expect(await post({ body: large })).toMatchObject(tooLarge)
  expect(await post({ body: new Blob([large]).stream() })).toMatchObject(tooLarge)
  const body = 'é'.repeat(50_000)
  const call = { name: 'edit_draft', arguments: { draftId: randomUUID(), version: 1, body } }
  const { text } = await post({ body: { ...list, method: 'tools/call', params: call } })
  expect(text).toContain('NOT_FOUND')
})

test('it opens no stream that stays', async () => {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'tests', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const params = { _meta: meta, notifications: { toolsListChanged: true } }
  const body = { ...list, method: 'subscriptions/listen', params }
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' }
  expect((await post({ body, headers })).text).toContain('limit reached')
})

test('an owner who asks too often is told when to come again, at whichever server', async () => {
  const another = await startHttpServer(app.ctx, { port: 0, host: '127.0.0.1' })
  await using _another = another
  const person = await openInbox(app)
  const theirs = await tokenOf(app, person.owner)
  await using first = await connectMcp(app, theirs)
  await using second = await connectMcp({ url: async () => another.url }, theirs)
  expect((await use(first, 'search_emails')).items).toEqual([])
  expect((await use(second, 'search_emails')).items).toEqual([])
  await app.db.updateTable('rateLimits').set({ points: 240 }).where('key', 'like', '%mcp%').execute()
  await expect(use(second, 'search_emails')).rejects.toMatchObject({ status: 429 })
  const refused = await post({ token: theirs })
  expect(refused).toMatchObject({ status: 429, reason: 'RATE_LIMITED' })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await post()).toMatchObject({ status: 200 })
})

test('a caller who hangs up meanwhile does no harm', async () => {
  const { port } = new URL(await app.url())
  const socket = connect(Number(port), '127.0.0.1')
  const closed = once(socket, 'close')
  const isCut = () => lines.some((line) => line.includes('"status":499'))
  hookSteps({
    async before(name) {
      if (name !== 'count-call') return
      socket.destroy()
      await expect.poll(isCut).toBe(true)
    },
  })
  const body = JSON.stringify({ ...list, method: 'tools/call', params: { name: 'search_emails', arguments: {} } })
  const head = ['POST /mcp HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', 'Accept: application/json']
  const told = [...head, `Authorization: Bearer ${token}`, `Content-Length: ${body.length}`, '', body]
  socket.write(told.join('\r\n'))
  await closed
  await expect.poll(isCut).toBe(true)
  hookSteps(undefined)
  expect(lines.filter((line) => line.includes('unexpected'))).toEqual([])
  expect(await post()).toMatchObject({ status: 200 })
})

test('the log and the metrics tell of a request what they tell of any, and nothing that it says', async () => {
  lines.length = 0
  const secret = `canary${randomUUID().replaceAll('-', '')}`
  const call = { name: 'search_emails', arguments: { search: secret, more: secret } }
  await post({ body: { ...list, method: 'tools/call', params: call } })
  await post({ body: { ...list, method: secret } })
  await post({ headers: { 'mcp-method': secret, 'mcp-protocol-version': secret } })
  await post({ body: `{"${secret}` })
  const log = lines.join('\n')
  expect(log).toContain('"path":"/mcp"')
  expect(log).toContain('"path":"emails.list"')
  expect(log).not.toContain(secret)
  expect(log).not.toContain(token)
  const metrics = await (await fetch(`${await app.url()}/metrics`)).text()
  expect(metrics).toMatch(/route="\/mcp"/)
})
