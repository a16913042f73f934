import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { newDraftRow, newEmailRow, newMailboxRow, newOwnerRow, openTestDatabase } from '../support/rows.ts'

const { db } = await openTestDatabase()

/** Asked before an owner is known (product.md, section 4), about nobody's data, or owned by a library. */
const exempt = [
  'users',
  'google_identities',
  'oauth_states',
  'rate_limits',
  'quota_buckets',
  'circuit_pauses',
  'system_state',
  'system_spend',
  'grant_revocations',
  'account_tombstones',
  'kysely_migration',
  'kysely_migration_lock',
]

test('every table carries its owner, first in its primary key, or is exempt by name', async () => {
  const { rows } = await sql<{ name: string; columns: string[] }>`
    select relname as name, array(select attname::text from unnest(conkey) with ordinality as key(number, place)
      join pg_attribute on attrelid = conrelid and attnum = key.number order by place) as columns
    from pg_class left join pg_constraint on conrelid = pg_class.oid and contype = 'p'
    where relkind = 'r' and relnamespace = 'public'::regnamespace`.execute(db)
  const wrong = rows.filter(({ name, columns }) => !exempt.includes(name) && columns[0] !== 'user_id')
  expect(wrong).toEqual([])
  expect(rows.length).toBeGreaterThan(20)
})

test('every foreign key between owner tables begins with the owner on both sides', async () => {
  const { rows } = await sql<{ child: string; parent: string; key: string[]; target: string[] }>`
    select conrelid::regclass::text as child, confrelid::regclass::text as parent,
      array(select attname::text from unnest(conkey) with ordinality as key(number, place)
        join pg_attribute on attrelid = conrelid and attnum = key.number order by place) as key,
      array(select attname::text from unnest(confkey) with ordinality as key(number, place)
        join pg_attribute on attrelid = confrelid and attnum = key.number order by place) as target
    from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`.execute(db)
  expect(rows.length).toBeGreaterThan(20)
  for (const { child, parent, key, target } of rows) {
    const name = `${child} (${key.join(', ')}) -> ${parent}`
    expect([name, key[0]]).toEqual([name, 'user_id'])
    // To the owner itself one column is the whole key; to anything of theirs, the owner comes along.
    expect([name, target[0], target.length]).toEqual([
      name,
      ...(parent === 'users' ? ['id', 1] : ['user_id', key.length]),
    ])
    expect([name, key.length > 1]).toEqual([name, parent !== 'users'])
  }
})

test('every unique index of an owner table begins with the owner', async () => {
  const { rows } = await sql<{ table: string; index: string; first: string }>`
    select indrelid::regclass::text as table, indexrelid::regclass::text as index,
      pg_get_indexdef(indexrelid, 1, true) as first
    from pg_index join pg_class on pg_class.oid = indrelid
    where indisunique and relnamespace = 'public'::regnamespace`.execute(db)
  const wrong = rows.filter(({ table, first }) => !exempt.includes(table) && first !== 'user_id')
  expect(wrong).toEqual([])
})

test('every foreign key has an index that begins with its columns, so that deleting an owner scans nothing', async () => {
  const { rows } = await sql<{ child: string; key: string[] }>`
    select conrelid::regclass::text as child, conkey::integer[] as key from pg_constraint
    where contype = 'f' and connamespace = 'public'::regnamespace
      and not exists (
        select 1 from pg_index
        where indrelid = conrelid and (string_to_array(indkey::text, ' ')::integer[])[1:cardinality(conkey)] @> conkey::integer[]
      )`.execute(db)
  expect(rows).toEqual([])
})

test('the database refuses a child row whose parent belongs to another owner', async () => {
  const { rows: keys } = await sql<{ child: string; name: string; columns: string[] }>`
    select conrelid::regclass::text as child, conname::text as name,
      array(select attname::text from unnest(conkey) with ordinality as key(number, place)
        join pg_attribute on attrelid = conrelid and attnum = key.number order by place) as columns
    from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace and cardinality(conkey) > 1`.execute(
    db,
  )
  const [alice, bob] = [await newOwnerRow(db), await newOwnerRow(db)]
  const emailId = await newEmailRow(db, alice)
  const own = await newEmailRow(db, bob, {
    attachments: [{ filename: 'a', mimeType: 'a/b', sizeBytes: 1, isInline: false, contentId: null }],
  })
  const foreignDraft = await newDraftRow(db, alice.userId, { emailId })
  const ownDraft = await newDraftRow(db, bob.userId, { emailId: own })
  const foreign: Record<string, string> = {
    mailbox_id: alice.mailboxId,
    email_id: emailId,
    trace_id: foreignDraft.traceId,
    draft_id: foreignDraft.id,
  }
  let tried = 0
  for (const { child, columns } of keys) {
    const column = columns[1] ?? ''
    if (!(column in foreign)) continue
    const { rows } = await sql`select 1 from ${sql.table(child)} where user_id = ${bob.userId}`.execute(db)
    if (rows.length === 0) continue
    const moved = sql`update ${sql.table(child)} set ${sql.ref(column)} = ${foreign[column]} where user_id = ${bob.userId}`
    await expect(moved.execute(db)).rejects.toThrow(/foreign key/)
    tried++
  }
  expect(ownDraft.id).not.toBe(foreignDraft.id)
  expect(tried).toBeGreaterThanOrEqual(6)
})

test('P15: the database takes no message of a mailbox twice, and a second mailbox may hold the same', async () => {
  const owner = await newOwnerRow(db)
  const gmailId = '198a000000000001'
  await newEmailRow(db, owner, { gmailId })
  const again = sql`insert into emails select (jsonb_populate_record(emails, ${JSON.stringify({ id: crypto.randomUUID() })}::jsonb)).*
    from emails where user_id = ${owner.userId}`
  await expect(again.execute(db)).rejects.toMatchObject({ code: '23505' })
  const second = { ...owner, mailboxId: await newMailboxRow(db, owner.userId) }
  await newEmailRow(db, second, { gmailId })
})
