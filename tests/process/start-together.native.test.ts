import { expect, inject, test } from 'vitest'
import { openDatabase } from '../../server/db/connection.ts'
import { migrationHistory } from '../../server/db/migrate.ts'
import { reportError } from '../support/migrate-all.ts'
import { createEmptyDatabase } from '../support/native-database.ts'
import { startServer } from '../support/server-process.ts'

test('of three servers that start at once on an empty database one migrates, and all of them serve', async () => {
  const template = inject('template')
  if (template.kind !== 'database') throw new Error('this needs TEST_DATABASE_URL')
  await using empty = await createEmptyDatabase(template.url)
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
