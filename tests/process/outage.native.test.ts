import { expect, test, vi } from 'vitest'
import { startProxy } from '../support/database-proxy.ts'
import { newServerDatabase, startMain, startServer } from '../support/server-process.ts'

const recovery = { timeout: 100_000, interval: 100 }

/** Asks until the answer has this status. */
function untilHealth(url: string, status: number) {
  return vi.waitFor(async () => {
    const response = await fetch(`${url}/health`)
    expect(response.status).toBe(status)
    return (await response.json()) as { status: string; checks: Record<string, { status: string }> }
  }, recovery)
}

test('a database that goes away makes the server unwell, and well again by itself when it is back', async () => {
  await using database = await newServerDatabase()
  await using proxy = await startProxy(new URL(database.url ?? ''))
  await using server = await startServer({ DATABASE_URL: proxy.url })
  expect((await untilHealth(server.url, 200)).status).toBe('ok')

  await proxy.cut()
  const down = await untilHealth(server.url, 503)
  expect(down).toMatchObject({ status: 'down', checks: { database: { status: 'down' } } })
  expect(JSON.stringify(down)).not.toMatch(/127\.0\.0\.1|ECONN|postgres/)
  const refused = await fetch(`${server.url}/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'nobody@studio.example', password: 'correct horse battery' }),
  })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])

  await proxy.mend()
  expect((await untilHealth(server.url, 200)).checks['database']).toEqual({ status: 'ok' })
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
})

test.each([
  ['a database that does not exist', (url: URL) => void (url.pathname = '/no_such_database')],
  ['a role that does not exist', (url: URL) => void (url.username = 'no_such_role')],
])('%s is one sentence and exit code 1', async (_name, spoil) => {
  await using database = await newServerDatabase()
  const url = new URL(database.url ?? '')
  spoil(url)
  await using child = startMain({ DATABASE_URL: url.toString(), LOG_LEVEL: 'warn' })
  expect((await child.ended).code).toBe(1)
  const output = child.output().trim()
  expect(output.split('\n')).toHaveLength(1)
  expect(output).toMatch(/^The database .*no_such_/)
})
