import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import express, { type Response } from 'express'
import { expect, test } from 'vitest'
import { errorHandler } from '../../server/http/error-handler.ts'
import { shedOverload } from '../../server/http/overload.ts'
import { createTestApp } from '../support/app.ts'
import { startTestServer } from './test-server.ts'

test('a server with all hands full says so at once and when to come again, and takes new calls when one is done', async () => {
  await using stack = new AsyncDisposableStack()
  const { ctx } = stack.use(await createTestApp())
  const held: Response[] = []
  const app = express().use(shedOverload({ all: 2, network: 2, address: 2 }), (_req, res) => void held.push(res))
  const server = createServer(app.use(errorHandler(ctx))).listen(0, '127.0.0.1')
  stack.defer(() => server.closeAllConnections())
  stack.defer(() => void server.close())
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const impatient = new AbortController()
  const first = fetch(url)
  const second = fetch(url, { signal: impatient.signal })
  await expect.poll(() => held.length).toBe(2)

  const refused = await fetch(url)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('2')
  expect(await refused.json()).toMatchObject({ error: { data: { reason: 'UNAVAILABLE' } } })

  held[0]?.end('done')
  expect((await first).status).toBe(200)
  impatient.abort()
  await expect(second).rejects.toThrow(/aborted/)
  const third = fetch(url)
  const fourth = fetch(url)
  await expect.poll(() => held.length).toBe(4)
  for (const res of held) res.end('done')
  expect([(await third).status, (await fourth).status]).toEqual([200, 200])
})

test('2,000 half-sent calls of one address hold nobody up, that address included, and are gone within seconds', async () => {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startTestServer())
  const alice = await server.newUser()
  const held = stack.adopt(await Promise.all(Array.from({ length: 2_000 }, () => halfSent(server.url))), (sockets) =>
    sockets.forEach((socket) => socket.destroy()),
  )
  const more = setInterval(() => void halfSent(server.url).then((socket) => held.push(socket)), 5)
  stack.defer(() => clearInterval(more))
  for (let round = 0; round < 5; round++) {
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
    expect((await server.ask('auth.me', undefined, { token: alice.accessToken })).status).toBe(200)
    const { status } = await server.call('mailboxes.authorizeUrl', { purpose: 'connect' }, { token: alice.accessToken })
    expect(status).toBe(200)
  }
  clearInterval(more)
  await expect.poll(() => held.filter(({ destroyed }) => !destroyed).length).toBe(0)
})

test('calls of one address, or of one network, leave room for the others', async () => {
  await using stack = new AsyncDisposableStack()
  const { ctx } = stack.use(await createTestApp())
  const held: Response[] = []
  const app = express().set('trust proxy', 1)
  app.use(shedOverload({ all: 4, network: 3, address: 2 }), (_req, res) => void held.push(res))
  const server = createServer(app.use(errorHandler(ctx))).listen(0, '127.0.0.1')
  stack.defer(() => server.closeAllConnections())
  stack.defer(() => void server.close())
  await once(server, 'listening')
  const from = (address: string) =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers: { 'x-forwarded-for': address } })
  const open = [from('203.0.113.1'), from('203.0.113.1:4711')]
  await expect.poll(() => held.length).toBe(2)
  expect((await from('::ffff:cb00:7101')).status).toBe(503)
  open.push(from('203.0.113.2'))
  await expect.poll(() => held.length).toBe(3)
  expect((await from('203.0.113.3')).status).toBe(503)
  open.push(from('198.51.100.1'))
  await expect.poll(() => held.length).toBe(4)
  expect((await from('192.0.2.1')).status).toBe(503)
  for (const res of held) res.end('done')
  expect((await Promise.all(open)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
})

async function halfSent(url: string): Promise<Socket> {
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {})
  socket
    .resume()
    .write(
      `POST /trpc/auth.login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"email":`,
    )
  await once(socket, 'connect')
  return socket
}
