import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import express from 'express'
import { expect, test } from 'vitest'
import { errorHandler } from '../../server/http/error-handler.ts'
import { readBody } from '../../server/http/read-body.ts'
import { createTestApp } from '../support/app.ts'

const pace = { graceMs: 100, bytesPerSecond: 1_000, mostMs: 1_000 }

async function startReader() {
  await using stack = new AsyncDisposableStack()
  const { ctx } = stack.use(await createTestApp())
  const app = express().use((req, res, next) => {
    readBody(req, 100_000, { pace }).then((body) => res.send(String(body.length)), next)
  })
  const server = createServer(app.use(errorHandler(ctx))).listen(0, '127.0.0.1')
  stack.defer(() => server.closeAllConnections())
  stack.defer(() => void server.close())
  await once(server, 'listening')
  const owned = stack.move()
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Sends a piece every so often; answers all that came back once the connection is closed. */
async function drip(port: number, announced: number, piece: string, everyMs: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  let answer = ''
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
  socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${announced}\r\n\r\n`)
  let left = announced
  const timer = setInterval(() => {
    if (left <= 0 || !socket.writable) return
    socket.write(piece.slice(0, left))
    left -= piece.length
  }, everyMs)
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(timer)
  return answer
}

test('a body that stops, or comes letter by letter, is given up in a sentence and its connection closed', async () => {
  await using reader = await startReader()
  for (const answer of await Promise.all([drip(reader.port, 100, '', 1_000), drip(reader.port, 50_000, 'x', 20)])) {
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).toContain('The request came too slowly.')
  }
})

test('a body that keeps its pace has its time, up to the whole of it', async () => {
  await using reader = await startReader()
  expect(await drip(reader.port, 20_000, 'x'.repeat(1_000), 10)).toMatch(/200 OK[^]*20000$/)
  expect(await drip(reader.port, 100_000, 'x'.repeat(100), 10)).toContain('The request came too slowly.')
})

test('a body that lay waiting while the server was busy is read, not given up', async () => {
  await using reader = await startReader()
  const answer = fetch(`http://127.0.0.1:${reader.port}/`, { method: 'POST', body: 'x'.repeat(90_000) })
  await new Promise(setImmediate)
  const until = performance.now() + 400
  while (performance.now() < until);
  expect(await (await answer).text()).toBe('90000')
})
