import type { KyselyPlugin } from 'kysely'
import { expect, test, vi } from 'vitest'
import { checkHealth } from '../../server/services/health/health.ts'
import { answer, password, startTestServer } from './test-server.ts'

test('health tells the version and every part, and is open to anybody', async () => {
  await using server = await startTestServer()
  const { status, body } = await answer(`${server.url}/health`, {})
  expect(status).toBe(200)
  expect(body).toEqual({
    status: 'ok',
    version: '0.1.0',
    checks: {
      database: { status: 'ok' },
      migrations: { status: 'ok' },
      queue: { status: 'ok' },
      gemini: { status: 'off', detail: 'the offline model answers' },
      gmail: { status: 'ok' },
    },
  })
})

test('with a dead database health is 503, calls are UNAVAILABLE, and no answer names a driver or a statement', async () => {
  await using server = await startTestServer()
  const alice = await server.newUser()
  await server.closeDatabase()
  const { status, body } = await answer(`${server.url}/health`, {})
  expect(status).toBe(503)
  expect(body).toMatchObject({ status: 'down', checks: { database: { status: 'down', detail: 'cannot be reached' } } })

  for (const refused of [
    await server.call('auth.login', { email: alice.user.email, password }),
    await server.ask('auth.me', undefined, { token: alice.accessToken }),
    await server.call('mailboxes.authorizeUrl', { purpose: 'connect' }, { token: alice.accessToken }),
  ]) {
    expect(refused.status).toBe(503)
    expect(refused.body.error.data.reason).toBe('UNAVAILABLE')
    expect(refused.headers.get('retry-after')).toBe('5')
    expect(JSON.stringify(refused.body)).not.toMatch(/PGlite|select|insert|stack|\.ts/i)
  }
})

test('a database that answers late is slow and no reason for a restart, until it has been silent for long', async () => {
  await using server = await startTestServer()
  const busy = Promise.withResolvers<void>()
  const waiting: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      await busy.promise
      return result
    },
  }
  const ctx = { ...server.ctx, db: server.ctx.db.withPlugin(waiting) }
  const database = { status: 'degraded', detail: 'no answer within 1000 ms' }
  expect(await checkHealth(ctx)).toMatchObject({ status: 'degraded', checks: { database } })
  expect(await checkHealth(ctx, 500)).toMatchObject({ status: 'down', checks: { database: { status: 'down' } } })
  busy.resolve()
  expect((await checkHealth(ctx)).status).toBe('ok')
})

test('a migration that has not run makes health 503 and is named', async () => {
  await using server = await startTestServer()
  const { migrateDown } = await import('../../server/db/engine/migrate.ts')
  const undone = await migrateDown(server.db)
  const { status, body } = await answer(`${server.url}/health`, {})
  expect(status).toBe(503)
  expect(body.checks.migrations.detail).toBe(`not run yet: ${undone}`)
})

test('a queue that is down degrades, and reading still works', async () => {
  await using server = await startTestServer()
  vi.spyOn(server.ctx.jobs, 'check').mockRejectedValue(new Error('down'))
  const { status, body } = await answer(`${server.url}/health`, {})
  expect(status).toBe(200)
  expect(body).toMatchObject({ status: 'degraded', checks: { queue: { status: 'down' } } })
})

test('a stopping process says 503, so that nothing new is sent to it', async () => {
  await using server = await startTestServer()
  server.beginStop()
  const { status, body } = await answer(`${server.url}/health`, {})
  expect(status).toBe(503)
  expect(body.status).toBe('down')
})

test('a bug is answered with nothing but a request id, and logged whole', async () => {
  await using server = await startTestServer()
  await server.db.schema.dropTable('settings').execute()
  const { status, body } = await server.call('auth.register', { email: 'a@example.com', password })
  expect(status).toBe(500)
  expect(body.error).toMatchObject({ message: 'Something went wrong.', data: { reason: 'INTERNAL' } })
  expect(JSON.stringify(body)).not.toMatch(/settings|relation|stack|\.ts/)
  const line = server.lines.find((logged) => logged.includes('unexpected error')) ?? ''
  expect(line).toContain('settings')
  expect(line).toContain(body.error.data.requestId)
  expect(line).not.toContain(password)
})
