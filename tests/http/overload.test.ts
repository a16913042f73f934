import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Response } from 'express'
import { expect, test } from 'vitest'
import { errorHandler } from '../../server/http/error-handler.ts'
import { shedOverload } from '../../server/http/overload.ts'
import { createTestApp } from '../support/app.ts'

test('a server with all hands full says so at once and when to come again, and takes new calls when one is done', async () => {
  await using stack = new AsyncDisposableStack()
  const { ctx } = stack.use(await createTestApp())
  const held: Response[] = []
  const app = express().use(shedOverload(2), (_req, res) => void held.push(res))
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
