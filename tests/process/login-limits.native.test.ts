import { expect, test } from 'vitest'
import { attemptLimits } from '../../server/security/attempt-limits.ts'
import { newEmptyDatabase } from '../support/empty-database.ts'
import { startServer } from '../support/server-process.ts'

test('of a thousand log-ins at four processes at once no more pass than one process would let pass', async () => {
  await using empty = await newEmptyDatabase()
  await using stack = new AsyncDisposableStack()
  const servers = await Promise.all(
    [1, 2, 3, 4].map(async () => stack.use(await startServer({ DATABASE_URL: empty.url }))),
  )
  const logIn = async (url: string) => {
    const response = await fetch(`${url}/trpc/auth.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@engine.example', password: 'not the password' }),
    })
    await response.arrayBuffer()
    return response.status
  }
  const statuses: number[] = []
  // As many at a time as a server takes: beyond that it refuses before it counts.
  for (let round = 0; round < 25; round++)
    statuses.push(...(await Promise.all(servers.flatMap(({ url }) => Array.from({ length: 10 }, () => logIn(url))))))
  expect(statuses).toHaveLength(1_000)
  expect(new Set(statuses)).toEqual(new Set([401, 429]))
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(attemptLimits.login.pair)
}, 120_000)
