import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { newServerDatabase, startMain } from '../support/server-process.ts'
import { newSettings, runScript } from './script.ts'

const newer =
  'The database was migrated by a newer version of ReasonFlow: it holds 9998-later, 9999-last, which this one does not ' +
  'know. Start that version again, or put back a backup from before it.'

test('an older release on the database of a newer one says so: the server, migrate and the doctor', async () => {
  using settings = newSettings()
  await using database = await migratedDatabase(
    sql`insert into kysely_migration values ('9998-later', '2026-11-29T12:00:00.000Z'), ('9999-last', '2026-11-30T12:00:00.000Z')`,
  )
  const env = { ...settings.env, ...database.env }

  await using server = startMain({ ...env, LOG_LEVEL: 'warn' })
  expect(await server.ended).toMatchObject({ code: 1 })
  expect(server.output().trim()).toBe(newer)
  expect(await runScript('migrate', { env })).toEqual({ code: 1, lines: [''], errors: newer })
  expect(await runScript('migrate', { args: ['--down'], env })).toEqual({ code: 1, lines: [''], errors: newer })
  const history = await runScript('migrate', { args: ['history'], env })
  expect(history.lines.at(-1)).toBe('2026-11-30T12:00:00.000Z  9999-last  (unknown to this version)')
  const doctor = await runScript('doctor', { env })
  expect(doctor.code).toBe(1)
  expect(doctor.lines).toContainEqual(expect.stringMatching(/^problem {2}migrations .*it holds 9998-later, 9999-last/))
})

test('a migration that was run and whose file is gone is named', async () => {
  using settings = newSettings()
  await using database = await migratedDatabase(
    sql`insert into kysely_migration values ('0007-once-there', '2026-11-29T12:00:00.000Z')`,
  )
  const { code, errors } = await runScript('migrate', { env: { ...settings.env, ...database.env } })
  expect({ code, errors }).toEqual({
    code: 1,
    errors: newer.replace('a newer', 'another').replace('9998-later, 9999-last', '0007-once-there'),
  })
})

test('a migration that comes before one that has run is told to take the next number', async () => {
  using settings = newSettings()
  await using database = await migratedDatabase(sql`delete from kysely_migration where name like '0027-%'`)
  const { code, errors } = await runScript('migrate', { env: { ...settings.env, ...database.env } })
  expect({ code, errors }).toEqual({
    code: 1,
    errors:
      'The migration 0027-earned-trust has not run, although 0028-reply-kinds after it has. Give it the next number.',
  })
})

async function migratedDatabase(change: ReturnType<typeof sql>) {
  const database = await newServerDatabase()
  await using opened = await database.open()
  await change.execute(opened.db)
  return database
}
