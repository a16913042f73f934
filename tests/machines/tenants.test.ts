import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { walkTenants } from './tenants/machine.ts'

let app: TestApp
beforeEach(async () => {
  app = await createTestApp()
})
afterEach(() => app[Symbol.asyncDispose]())

test('whoever calls whatever, nothing of one owner shows to another', async () => {
  const { figures, problems } = await walkTenants(app)
  expect(problems).toEqual([])
  expect(figures).toMatchObject({ cells: 9 * figures.procedures, leaks: 0 })
  expect(figures.crossKeys).toBeGreaterThanOrEqual(30)
})

test('a word of another owner that shows, and a key that leaves the owner out, are found', async () => {
  const { figures, problems } = await walkTenants(app, async (alice, bob) => {
    await app.as(alice.owner).settings.update({ signature: `Regards, ${bob.canaries[0]}` })
    const key = await sql<{ name: string }>`select conname::text as name from pg_constraint
      where contype = 'f' and conrelid = 'attachments'::regclass`.execute(app.db)
    await sql`alter table attachments drop constraint ${sql.ref(key.rows[0]?.name ?? '')}`.execute(app.db)
    await sql`create unique index on emails (id)`.execute(app.db)
    await sql`alter table attachments add foreign key (email_id) references emails (id) on delete cascade`.execute(
      app.db,
    )
  })
  expect(figures.crossKeys - figures.crossKeysRefused).toBe(1)
  expect(problems.join('\n')).toMatch(/^settings\.get, foreign id: canary/m)
})
