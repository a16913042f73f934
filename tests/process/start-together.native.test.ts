import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { openDatabase } from '../../server/db/engine/connection.ts'
import { migrateToLatest, migrationHistory } from '../../server/db/engine/migrate.ts'
import { reportError } from '../support/migrate-all.ts'
import { newEmptyDatabase } from '../support/empty-database.ts'
import { startServer } from '../support/server-process.ts'

test('of three servers that start at once on an empty database one migrates, and all of them serve', async () => {
  await using empty = await newEmptyDatabase()
  await using stack = new AsyncDisposableStack()
  const servers = await Promise.all(
    [1, 2, 3].map(async () => stack.use(await startServer({ DATABASE_URL: empty.url }))),
  )

  expect(servers.filter((server) => server.output().includes('database migrated'))).toHaveLength(1)
  for (const { url, output } of servers) {
    expect((await fetch(`${url}/health`)).status).toBe(200)
    expect(output()).not.toMatch(/WARN|ERROR|Error:/)
  }
  await using database = await openDatabase({ kind: 'native', url: empty.url, maxConnections: 2 }, reportError)
  expect((await migrationHistory(database.db)).filter(({ ranAt }) => ranAt === null)).toEqual([])
}, 120_000)

/** Kysely's own: whoever migrates holds it. */
const migrating = '3853314791062309107'

test('whoever waits for another that migrates waits longer than a connection may be silent', async () => {
  await using empty = await newEmptyDatabase()
  const other = new Client({ connectionString: empty.url })
  await other.connect()
  await other.query(`select pg_advisory_lock(${migrating})`)
  const config = { kind: 'native', url: empty.url, maxConnections: 2, silenceMs: 500 } as const
  await using database = await openDatabase(config, () => {})
  const migrated = migrateToLatest(database.db, database.openPatient)
  await setTimeout(1_500)
  await other.end()
  expect((await migrated).length).toBeGreaterThan(20)
})
