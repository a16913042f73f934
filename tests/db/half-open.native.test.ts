import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openDatabase } from '../../server/db/engine/connection.ts'
import { isDatabaseAway } from '../../server/database-trouble.ts'
import { startProxy } from '../support/database-proxy.ts'
import { newTestDatabase } from '../support/test-database.ts'

test('a query over a connection whose other end vanished fails soon, and the next one gets a new connection', async () => {
  await using copy = await newTestDatabase()
  if (copy.config.kind !== 'native') throw new Error('this test needs a native server')
  await using proxy = await startProxy(new URL(copy.config.url))
  const config = { ...copy.config, url: proxy.url, maxConnections: 1, silenceMs: 300 }
  await using database = await openDatabase(config, () => undefined)
  const ask = () => sql`select 1 as one`.execute(database.db)
  await ask()

  proxy.goDead()
  const failure = await ask().catch((error: unknown) => error)
  expect(isDatabaseAway(failure)).toBe(true)

  proxy.comeAlive()
  expect((await ask()).rows).toEqual([{ one: 1 }])
})
