import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { expect, test } from 'vitest'
import { openDatabase } from '../../server/db/engine/connection.ts'
import { newMigration } from '../../server/scripts/new-migration.ts'
import { newTestDatabase } from '../support/test-database.ts'
import { newFolder } from './script.ts'

test('a new migration takes the next number, whatever gaps there are', () => {
  using folder = newFolder()
  expect(basename(newMigration(folder.path, 'labels'))).toBe('0001-labels.ts')
  writeFileSync(join(folder.path, '0041-later.ts'), '')
  writeFileSync(join(folder.path, 'notes.md'), '')
  expect(basename(newMigration(folder.path, 'reply-labels'))).toBe('0042-reply-labels.ts')
})

test('its first lines run up and down on our schema, and import kysely alone', async () => {
  using folder = newFolder()
  await using database = await newTestDatabase()
  await using opened = await openDatabase(database.config, () => {})
  const path = newMigration(folder.path, 'reply-labels')
  expect([...readFileSync(path, 'utf8').matchAll(/from '(.+)'/g)].map((match) => match[1])).toEqual(['kysely'])
  // It lies outside our folder, where kysely is not found by its name.
  const text = readFileSync(path, 'utf8').replace("'kysely'", JSON.stringify(import.meta.resolve('kysely')))
  writeFileSync(path, text)

  const { up, down } = (await import(path)) as Required<Migration>
  await up(opened.db)
  expect(await hasTable()).toBe(true)
  await down(opened.db)
  expect(await hasTable()).toBe(false)

  async function hasTable() {
    const { rows } = await sql<{ found: boolean }>`select to_regclass('reply_labels') is not null as found`.execute(
      opened.db,
    )
    return rows[0]?.found
  }
})

test.each(['', 'Labels', 'two words', '../labels', 'labels.ts', '1st', "x'y"])(
  'the subject "%s" is refused',
  (subject) => {
    using folder = newFolder()
    expect(() => newMigration(folder.path, subject)).toThrow('Name the subject in kebab-case')
  },
)

test('where nothing can be written, as in a container, it says where to make it instead', () => {
  using folder = newFolder()
  const file = join(folder.path, 'file')
  writeFileSync(file, '')
  expect(() => newMigration(join(file, 'migrations'), 'labels')).toThrow(
    /cannot be written \(.+\)\. In a container .* on the host: make migration name=labels$/,
  )
})
