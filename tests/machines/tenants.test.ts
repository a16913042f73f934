import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tools } from '../../server/mcp/tools.ts'
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
  expect(figures).toMatchObject({ cells: 9 * figures.procedures, toolCells: 3 * tools.length, leaks: 0 })
  expect(figures.crossKeys).toBeGreaterThanOrEqual(30)
})

test('a word of another owner that shows, and a key that leaves the owner out, are found', async () => {
  const { figures, problems } = await walkTenants(app, async (alice, bob) => {
    await app.as(alice.owner).settings.update({ signature: `Regards, ${bob.canaries[0]}` })
    const { userId } = alice.owner
    await app.db
      .updateTable('emails')
      .set({ subject: `Of ${bob.canaries[0]}` })
      .where('userId', '=', userId)
      .execute()
    await sql`alter table refresh_tokens drop constraint refresh_tokens_user_id_parent_id_fkey`.execute(app.db)
    await sql`create unique index on refresh_tokens (id)`.execute(app.db)
    await sql`alter table refresh_tokens add foreign key (parent_id) references refresh_tokens (id) on delete cascade`.execute(
      app.db,
    )
  })
  expect(figures.crossKeys - figures.crossKeysRefused).toBe(1)
  expect(problems.join('\n')).toMatch(/^settings\.get, foreign id: canary/m)
  expect(problems.join('\n')).toMatch(/^search_emails, own: canary/m)
})
