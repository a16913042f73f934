import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { openDatabase } from '../../server/db/engine/connection.ts'
import { reportError } from '../support/migrate-all.ts'
import { createEmptyDatabase } from '../support/native-database.ts'
import { newSettings, runScript } from './script.ts'

const template = inject('template')

test('a user who may not create the extensions is told so before the first start', async () => {
  using settings = newSettings()
  await using database = await newDatabase()
  const role = `visitor_${randomUUID().slice(0, 8)}`
  await sql`create role ${sql.id(role)} login`.execute(database.db)
  const url = new URL(database.url)
  url.username = role
  const { code, lines } = await runScript('doctor', { env: { ...settings.env, DATABASE_URL: url.toString() } })
  await sql`drop role ${sql.id(role)}`.execute(database.db)
  expect(code).toBe(1)
  for (const name of ['vector', 'btree_gin']) {
    expect(lines).toContainEqual(
      expect.stringMatching(`^problem  rights +this user may not create the extension ${name}$`),
    )
  }
})

test('clocks that are apart are a problem', async () => {
  using settings = newSettings()
  await using database = await newDatabase()
  const skew = {
    NODE_OPTIONS: `--import ${join(import.meta.dirname, '../machines/soak/clock-ahead.ts')}`,
    CLOCK_AHEAD_MS: '300000',
  }
  const { code, lines } = await runScript('doctor', { env: { ...settings.env, ...skew, DATABASE_URL: database.url } })
  expect(code).toBe(1)
  expect(lines).toContainEqual(
    expect.stringMatching(/^problem {2}clock +the database's is [45] minutes behind this machine's$/),
  )
})

test('an index whose making was broken off is told, with the statement that mends it', async () => {
  using settings = newSettings()
  await using database = await newDatabase()
  await sql`create table twins as select 1 as id from generate_series(1, 2)`.execute(database.db)
  await expect(sql`create unique index concurrently twins_id on twins (id)`.execute(database.db)).rejects.toThrow(
    'could not create',
  )
  const { code, lines } = await runScript('doctor', { env: { ...settings.env, DATABASE_URL: database.url } })
  expect(code).toBe(1)
  expect(lines).toContainEqual(expect.stringMatching(/^problem {2}index +twins_id is not valid$/))
  expect(lines).toContainEqual(expect.stringMatching(/-> Run: reindex index concurrently twins_id$/))
})

async function newDatabase() {
  if (template.kind !== 'database') throw new Error('this needs TEST_DATABASE_URL')
  await using stack = new AsyncDisposableStack()
  const { url } = stack.use(await createEmptyDatabase(template.url))
  const { db } = stack.use(await openDatabase({ kind: 'native', url, maxConnections: 2 }, reportError))
  const owned = stack.move()
  return { url, db, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
