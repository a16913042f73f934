// Slow: a client takes its time to come again, and what must not come is waited for.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import express, { type Response } from 'express'
import { afterAll, expect, test } from 'vitest'
import { createPgNotificationFeed } from '../../server/adapters/pg-notification-feed.ts'
import { insertNotification } from '../../server/db/accounts/notifications.ts'
import { errorHandler } from '../../server/http/error-handler.ts'
import { startHttpServer } from '../../server/http/server.ts'
import { limitOpen } from '../../server/http/streams.ts'
import { signAccessToken } from '../../server/security/access-token.ts'
import { createTestApp } from '../support/app.ts'
import { cuttable, openStream } from '../support/notification-stream.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const patience = { timeout: 15_000 }
const emailId = '8f14e45f-ceea-4670-9bd5-7e29d6a3c0de'
const tell = (userId: string) =>
  insertNotification(app.db, userId, 'run_failed', { emailId }, app.clock.now().toISOString())
const idsOf = async (userId: string) =>
  (await app.db.selectFrom('notifications').where('userId', '=', userId).select('id').orderBy('id').execute()).map(
    ({ id }) => id,
  )

/** Another server on the same database, with a feed and an end of its own. */
async function startSecond({
  port = 0,
  db = app.db,
  ...timing
}: { port?: number; db?: typeof app.db; longestWaitMs?: number } = {}) {
  const stopping = new AbortController()
  const { logger } = app.ctx
  const parts = { stopping: stopping.signal, db, logger }
  const ctx = { ...app.ctx, ...parts, notificationFeed: createPgNotificationFeed(parts, { pollMs: 20, ...timing }) }
  const server = await startHttpServer(ctx, { port, host: '127.0.0.1' })
  const stop = async () => {
    stopping.abort()
    await server[Symbol.asyncDispose]()
  }
  return { url: server.url, stop, [Symbol.asyncDispose]: stop }
}

test('what is new comes within moments, to its owner alone, in order', async () => {
  const [alice, bob] = [await app.newOwner(), await app.newOwner()]
  await tell(alice.userId)
  using hers = openStream(await app.url(), { token: alice.accessToken })
  using his = openStream(await app.url(), { token: bob.accessToken })
  await Promise.all([hers.begun, his.begun])
  await sleep(200)
  await tell(alice.userId)
  await tell(alice.userId)
  const [, ...wanted] = await idsOf(alice.userId)
  await expect.poll(() => hers.ids(), patience).toEqual(wanted)
  expect(hers.items[0]).toMatchObject({ kind: 'run_failed', payload: { emailId }, readAt: null })
  expect(his.ids()).toEqual([])
})

test('nothing is lost or doubled over 20 lost connections and two restarts while notifications are written', async () => {
  await using stack = new AsyncDisposableStack()
  const { userId, accessToken: token } = await app.newOwner()
  for (let n = 0; n < 120; n++) await tell(userId)
  let server = await startSecond()
  stack.defer(() => server.stop())
  const network = cuttable()
  const stream = stack.use(openStream(server.url, { token, lastEventId: '0', fetch: network.fetch }))
  const isOver = new AbortController()
  const writing = (async () => {
    for (; !isOver.signal.aborted; await sleep(5)) await tell(userId)
  })()
  const isBack = async (before: number) => {
    await expect.poll(() => network.count(), patience).toBeGreaterThan(before)
  }
  await isBack(0)
  for (let cuts = 1; cuts <= 20; cuts++) {
    const before = network.count()
    // In the middle of what was stored, and while it waits for more.
    await sleep(cuts % 3 === 0 ? 0 : 60)
    if (cuts % 10 === 0) {
      await server.stop()
      await tell(userId)
      server = await startSecond({ port: Number(new URL(server.url).port) })
    } else network.cut()
    await isBack(before)
  }
  isOver.abort()
  await writing
  await tell(userId)
  const wanted = await idsOf(userId)
  await expect.poll(() => stream.ids().at(-1), patience).toBe(wanted.at(-1))
  expect(stream.ids()).toEqual(wanted)
})

test('an id that lies ahead begins at now, and one that is none is refused', async () => {
  const { userId, accessToken: token } = await app.newOwner()
  await using server = await startSecond()
  await tell(userId)
  using stream = openStream(server.url, { token, lastEventId: '999999999999999' })
  await stream.begun
  await sleep(200)
  await tell(userId)
  await expect.poll(() => stream.ids(), patience).toEqual((await idsOf(userId)).slice(-1))
  using wrong = openStream(server.url, { token, lastEventId: '-1' })
  expect(await wrong.failure).toMatchObject({ reason: 'VALIDATION_FAILED' })
})

test('whoever signs out hears nothing more, and is told so', async () => {
  const owner = await app.newOwner()
  await using server = await startSecond({ longestWaitMs: 60_000 })
  using stream = openStream(server.url, { token: owner.accessToken })
  await stream.begun
  await sleep(200)
  await app.as(owner).auth.logoutEverywhere()
  await tell(owner.userId)
  expect(await stream.failure).toMatchObject({ reason: 'UNAUTHENTICATED' })
  expect(stream.ids()).toEqual([])
})

test('a session that ended is noticed when nothing new comes too', async () => {
  const owner = await app.newOwner()
  await using server = await startSecond({ longestWaitMs: 300 })
  using stream = openStream(server.url, { token: owner.accessToken })
  await stream.begun
  await app.as(owner).auth.logoutEverywhere()
  expect(await stream.failure).toMatchObject({ reason: 'UNAUTHENTICATED' })
})

test('when its access token expires a stream ends, and goes on with the new one', async () => {
  const owner = await app.newOwner()
  await using server = await startSecond({ longestWaitMs: 100 })
  const network = cuttable()
  let token = owner.accessToken
  using stream = openStream(server.url, { token: () => token, lastEventId: '0', fetch: network.fetch })
  await stream.begun
  const { jwt } = app.ctx.config
  const inTime = new Date(app.clock.now().getTime() + jwt.expirationSeconds * 1_000)
  token = signAccessToken(jwt, owner, inTime)
  app.clock.advance(jwt.expirationSeconds * 1_000 + 1_000)
  await expect.poll(() => network.count(), patience).toBe(2)
  await tell(owner.userId)
  await expect.poll(() => stream.ids(), patience).toEqual(await idsOf(owner.userId))
})

test('an owner has ten streams at most, and one that ends makes room', async () => {
  await using stack = new AsyncDisposableStack()
  const { accessToken: token } = await app.newOwner()
  const { url } = stack.use(await startSecond())
  const streams = Array.from({ length: 10 }, () => stack.use(openStream(url, { token })))
  await Promise.all(streams.map(({ begun }) => begun))
  await sleep(300)
  using eleventh = openStream(url, { token })
  expect(await eleventh.failure).toMatchObject({ reason: 'RATE_LIMITED' })
  const { accessToken: another } = await app.newOwner()
  using other = openStream(url, { token: another })
  await other.begun
  streams[0]?.[Symbol.dispose]()
  await sleep(300)
  using more = openStream(url, { token, lastEventId: '0' })
  expect(await Promise.race([more.failure, sleep(500)])).toBeUndefined()
})

test('streams end at once when the server stops, also those that nobody reads', async () => {
  const { userId, accessToken: token } = await app.newOwner()
  await using server = await startSecond()
  for (let n = 0; n < 500; n++) await tellMuch(userId)
  using stream = openStream(server.url, { token })
  using stuck = openStuck(server.url, token)
  await stream.begun
  await sleep(500)
  const start = performance.now()
  await server.stop()
  expect(performance.now() - start).toBeLessThan(1_000)
  stuck.socket.resume()
})

test('for a client that never reads no more is read than the network holds, and it gets the rest when it does', async () => {
  const { userId, accessToken } = await app.newOwner()
  let rows = 0
  const db = app.db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: ({ result }) => {
      rows += result.rows.length
      return Promise.resolve(result)
    },
  })
  await using server = await startSecond({ db })
  for (let n = 0; n < 2_000; n++) await tellMuch(userId)
  using stuck = openStuck(server.url, accessToken)
  await expect.poll(() => rows, patience).toBeGreaterThan(50)
  await sleep(1_000)
  const held = rows
  await sleep(1_000)
  expect(rows).toBe(held)
  expect(held).toBeLessThan(1_000)
  stuck.socket.resume()
  await expect.poll(() => rows, patience).toBeGreaterThanOrEqual(2_000)
})

const tellMuch = (userId: string) =>
  insertNotification(app.db, userId, 'budget_exhausted', { reason: 'x'.repeat(20_000) }, app.clock.now().toISOString())

/** A client that asks for everything and takes nothing. */
function openStuck(url: string, token: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined)
  socket.pause()
  const input = encodeURIComponent(JSON.stringify({ lastEventId: '0' }))
  const head = [`GET /trpc/notifications.stream?input=${input} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${token}`]
  socket.write([...head, '', ''].join('\r\n'))
  return { socket, [Symbol.dispose]: () => void socket.destroy() }
}

test('streams have their own shares, whatever way their name is written', async () => {
  await using stack = new AsyncDisposableStack()
  const held: Response[] = []
  const streams = express().use('/trpc', limitOpen(app.ctx, { all: 2, network: 2, address: 2 }))
  streams.use((_req, res) => void held.push((res.write(':'), res)))
  const server = createServer(streams.use(errorHandler(app.ctx))).listen(0, '127.0.0.1')
  stack.defer(() => server.closeAllConnections())
  stack.defer(() => void server.close())
  await once(server, 'listening')
  const ask = async (path: string) =>
    (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/trpc/${path}`)).status
  expect(await ask('notifications.stream')).toBe(200)
  expect(await ask('x/notifications%2Estream')).toBe(200)
  expect(await ask('notifications.stream')).toBe(503)
  expect(await ask('notifications.list')).toBe(200)
  held[0]?.end()
  await expect.poll(() => ask('notifications.stream'), patience).toBe(200)
})

test('a stream is opened by pages of listed origins alone, and nothing on the way keeps it', async () => {
  const { accessToken } = await app.newOwner()
  const open = async (headers: Record<string, string>) => {
    const url = `${await app.url()}/trpc/notifications.stream`
    const response = await fetch(url, { headers: { authorization: `Bearer ${accessToken}`, ...headers } })
    if (response.ok) await response.body?.cancel()
    return response
  }
  const listed = await open({ origin: 'http://localhost:3000' })
  expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([200, 'http://localhost:3000'])
  expect(listed.headers.get('content-type')).toBe('text/event-stream')
  expect(listed.headers.get('cache-control')).toBe('no-store, no-transform')
  expect(listed.headers.get('x-accel-buffering')).toBe('no')
  expect((await open({})).status).toBe(200)
  for (const origin of ['https://evil.example', 'null', 'http://localhost:3000.evil.example']) {
    const refused = await open({ origin })
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ error: { data: { reason: 'ORIGIN_NOT_ALLOWED' } } })
  }
})

test('a token opens a stream from the Authorization header alone, never from the address or a cookie', async () => {
  const { accessToken, refreshToken } = await app.newOwner()
  const url = `${await app.url()}/trpc/notifications.stream`
  const params = encodeURIComponent(JSON.stringify({ authorization: `Bearer ${accessToken}`, token: accessToken }))
  const tries: [string, Record<string, string>][] = [
    [url, {}],
    [`${url}?access_token=${accessToken}`, {}],
    [`${url}?token=${accessToken}`, {}],
    [`${url}?connectionParams=${params}`, {}],
    [url, { cookie: `rf_refresh=${refreshToken}; access_token=${accessToken}` }],
    [url, { authorization: `Bearer ${refreshToken}` }],
  ]
  for (const [address, headers] of tries) {
    const text = await (await fetch(address, { headers })).text()
    expect(text).toContain('"reason":"UNAUTHENTICATED"')
  }
})
