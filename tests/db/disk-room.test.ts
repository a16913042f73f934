import { openAsBlob } from 'node:fs'
import { CamelCasePlugin, Kysely, PGliteDialect, sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { isDatabaseAway } from '../../server/database-trouble.ts'
import { openEmbedded } from '../../server/db/engine/embedded.ts'
import type { DB } from '../../server/db/engine/schema.ts'
import { newFolder } from '../support/child.ts'

const enough = 1024 ** 3

test('a full disk is an error a statement, nothing that was answered is lost, and it is over when there is room', async () => {
  using folder = newFolder()
  let free = enough
  const dump = inject('template')
  await using pglite = await openEmbedded(folder.path, dump.kind === 'dump' ? await openAsBlob(dump.file) : undefined, {
    freeBytes: () => free,
  })
  const db = new Kysely<DB>({ dialect: new PGliteDialect({ pglite }), plugins: [new CamelCasePlugin()] })
  await sql`create table kept (id integer)`.execute(db)
  await sql`insert into kept values (1)`.execute(db)

  free = 10 * 1024 ** 2
  const failure = await untilRefused(() => sql`insert into kept values (2)`.execute(db))
  expect(failure).toMatchObject({ code: '53100', message: expect.stringContaining('10 MB are free') })
  expect(isDatabaseAway(failure)).toBe(true)
  const inTransaction = db.transaction().execute((trx) => sql`insert into kept values (3)`.execute(trx))
  await expect(inTransaction).rejects.toMatchObject({ code: '53100' })

  free = enough
  const rows = await untilDone(() => sql<{ id: number }>`select id from kept where id <> 2`.execute(db))
  expect(rows.rows).toEqual([{ id: 1 }])
  await db.transaction().execute((trx) => sql`insert into kept values (4)`.execute(trx))
})

/** The disk is looked at some times a second, not at every statement. */
async function untilRefused(statement: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    try {
      await statement()
    } catch (error) {
      return error
    }
  }
}

async function untilDone<T>(statement: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await statement()
    } catch (error) {
      if (!isDatabaseAway(error)) throw error
    }
  }
}
