import { randomBytes, randomUUID } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { DB } from '../../../server/db/engine/schema.ts'
import { ownedTables } from '../kit/row-hashes.ts'

/** What is bound to the person itself, and may be there once. */
const once = ['google_identities', 'oauth_states', 'refresh_tokens', 'personal_tokens', 'password_resets']

/** An owner whose rows are copies of another's, with the same ids: whatever leaves the owner out meets them as well. */
export interface Twin {
  readonly userId: string
  /** Stands in the twin's data where `original` stands in the copied one's. */
  readonly word: string
}

/**
 * Ids are random, so that a query without its owner would do no harm, and show in no test. It does where two owners have
 * the same. The twin's mailboxes are disconnected: nothing is done for it.
 */
export async function newTwin(db: Kysely<DB>, of: string, original: string): Promise<Twin> {
  const userId = randomUUID()
  const word = `twin${randomBytes(8).toString('hex')}`
  await db.transaction().execute(async (trx) => {
    // In whatever order the tables come, and without the audit log's own numbering.
    await sql`set local session_replication_role = replica`.execute(trx)
    await sql`insert into users (id, email) values (${userId}, ${`${userId}@studio.example`})`.execute(trx)
    const tables = (await ownedTables(trx)).filter((name) => !once.includes(name))
    for (const table of tables) await copyRows(trx, table, { of, original, userId, word })
    await sql`update mailboxes set status = 'disconnected', access_token = null, refresh_token = null
      where user_id = ${userId}`.execute(trx)
  })
  return { userId, word }
}

async function copyRows(
  trx: Transaction<DB>,
  table: string,
  { of, original, userId, word }: { of: string; original: string; userId: string; word: string },
): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select column_name as name from information_schema.columns
    where table_schema = 'public' and table_name = ${table} and is_generated = 'NEVER'`.execute(trx)
  const columns = sql.join(rows.map(({ name }) => sql.ref(name)))
  await sql`insert into ${sql.table(table)} (${columns}) overriding system value
    select ${columns} from (
      select (jsonb_populate_record(null::${sql.table(table)},
        replace(replace(to_jsonb(row)::text, ${original}, ${word}), ${of}, ${userId})::jsonb)).*
      from ${sql.table(table)} row where user_id = ${of}
    ) as copied`.execute(trx)
}
