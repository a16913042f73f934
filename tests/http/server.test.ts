import { afterEach, expect, test, vi } from 'vitest'
import { startHttpServer } from '../../server/http/server.ts'
import { createTestApp } from '../support/app.ts'

afterEach(() => void vi.useRealTimers())

test('a connection is kept longer than clients and proxies keep it, so that none is closed as it is used', async () => {
  await using stack = new AsyncDisposableStack()
  const { ctx } = stack.use(await createTestApp())
  const server = stack.use(await startHttpServer(ctx, { port: 0, host: '127.0.0.1' }))
  const response = await fetch(`${server.url}/health`)
  await response.text()
  expect(response.headers.get('keep-alive')).toBe('timeout=75')
})

test('a stopping server does not wait for the connections it keeps', async () => {
  await using stack = new AsyncDisposableStack()
  const { ctx } = stack.use(await createTestApp())
  const server = await startHttpServer(ctx, { port: 0, host: '127.0.0.1' })
  await (await fetch(`${server.url}/health`)).text()
  // What cuts connections in the end never comes: one that was waited for would last until its client gives it up.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const startedAt = performance.now()
  await server[Symbol.asyncDispose]()
  vi.useRealTimers()
  expect(performance.now() - startedAt).toBeLessThan(60_000)
})
