// Takes long: two owners have ten thousand of everything, written and analysed.
import { sql, type Transaction } from 'kysely'
import { expect, test } from 'vitest'
import type { DB } from '../../server/db/engine/schema.ts'
import { appRouter } from '../../server/router.ts'
import { newTenant, type Tenant } from '../machines/tenants/world.ts'
import { createTestApp, requestContext } from '../support/app.ts'
import { planOf } from '../support/plan.ts'
import { pagedLists } from '../support/procedures.ts'

const rows = 10_000
const statementsAtMost = 2
const few = ['auth.sessions', 'auth.tokens', 'mailboxes.list']

/** What a list is read from, and what tells the copies of a row apart; `n` counts them. */
const tables: Record<string, Record<string, string>> = {
  emails: {
    gmail_id: `n::text`,
    thread_id: `'t' || n % 9000`,
    received_at: `old.received_at - n * interval '1 minute'`,
    direction: `(array['in', 'out'])[1 + n % 2]`,
    status: `(array['no_reply', 'sent'])[1 + n % 2]`,
    fresh_text: `'When?'`,
  },
  drafts: { status: `'rejected'`, created_at: `old.created_at - n * interval '1 minute'` },
  traces: { status: `'completed'`, created_at: `old.created_at - n * interval '1 minute'` },
  templates: { name: `'Template ' || n`, created_at: `old.created_at - n * interval '1 minute'` },
  contacts: { address: `n || '@engine.example'`, name: `'Person ' || n` },
  notifications: { id: `old.id + 100000 + n`, read_at: `case when n % 20 > 0 then now() end` },
  batches: { created_at: `old.created_at - n * interval '1 minute'` },
  quarantined_messages: { gmail_id: `'q' || n`, created_at: `old.created_at - n * interval '1 minute'` },
  audit_log: { seq: `old.seq + 100000 + n` },
  trust_decisions: {
    draft_id: `gen_random_uuid()`,
    kind: `'correspondent'`,
    subject: `n % 500 || '@engine.example'`,
  },
}

async function multiply(trx: Transaction<DB>, userId: string, table: string): Promise<void> {
  const { rows: columns } = await sql<{ name: string }>`
    select attname as name from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`.execute(trx)
  const names = columns.map(({ name }) => name)
  const changed = { ...(names.includes('id') && { id: `gen_random_uuid()` }), ...tables[table] }
  const values = names.map((name) => (name in changed ? (changed as Record<string, string>)[name] : `old.${name}`))
  await sql`
    insert into ${sql.table(table)} (${sql.raw(names.join(', '))}) overriding system value
    select ${sql.raw(values.join(', '))}
    from (select * from ${sql.table(table)} where user_id = ${userId} limit 1) as old, generate_series(1, ${rows}) as n
    on conflict do nothing`.execute(trx)
}

/** Of this owner ten thousand of each, without the triggers that count them one by one. */
async function fill(trx: Transaction<DB>, { owner: { userId }, ids }: Tenant): Promise<void> {
  await sql`set local session_replication_role = replica`.execute(trx)
  for (const table of Object.keys(tables)) await multiply(trx, userId, table)
  await sql`
    insert into email_participants (user_id, email_id, role, address)
    select user_id, id, case direction when 'in' then 'from' else 'to' end,
      case when id::text < '1' then (select address from contacts where user_id = ${userId} and id = ${ids.contactId})
        else abs(hashtext(id::text)) % 500 || '@engine.example' end
    from emails where user_id = ${userId} on conflict do nothing`.execute(trx)
}

test('a list of 10,000 of one owner among another’s is read in two statements at most, none of which reads a whole table', async () => {
  await using app = await createTestApp()
  const [tenant, stranger] = [await newTenant(app), await newTenant(app)]
  await app.db.transaction().execute(async (trx) => {
    for (const each of [tenant, stranger]) await fill(trx, each)
  })
  await sql`analyze`.execute(app.db)
  // What has a row or two is read as a whole, and may be.
  const wholeTable = new RegExp(`Seq Scan on (?:${[...Object.keys(tables), 'email_participants'].join('|')})\\b`)

  const faults: string[] = []
  const full: string[] = []
  for (const { name } of pagedLists) {
    const [group = '', procedure = ''] = name.split('.')
    const input = { limit: 25, ...(name === 'contacts.emails' && { contactId: tenant.ids.contactId }) }
    const plans = await planOf(app.db, async (db) => {
      const caller = appRouter.createCaller(requestContext({ ...app.ctx, db }, tenant.owner))
      const call = caller as unknown as Record<string, Record<string, (given: object) => Promise<{ items: unknown[] }>>>
      const page = await call[group]![procedure]!(input)
      if (page.items.length === 25) full.push(name)
    })
    const statements = plans.split(/^(?=\S)/m).filter((plan) => plan.trim() !== '').length
    if (statements > statementsAtMost) faults.push(`${name}: ${statements} statements`)
    if (wholeTable.test(plans)) faults.push(`${name}: ${plans}`)
  }
  expect(faults).toEqual([])
  // One whose pages are short was read from less; of these an owner has a few.
  const short = pagedLists.map(({ name }) => name).filter((name) => !full.includes(name) && !few.includes(name))
  expect(short).toEqual([])
})
