import { type Kysely, sql, type Transaction } from 'kysely'
import { z } from 'zod'
import type { AuditAction, AuditEntry, AuditPage, AuditVerdict, ListAuditInput } from '../../../shared-types/index.ts'
import { jsonText } from '../engine/json.ts'
import { parseCursorOf, toPage } from '../engine/page.ts'
import type { DB } from '../engine/schema.ts'

/** What an entry is hashed over (SHA-256), behind the hash of the one before. */
const content = sql`convert_to(
  jsonb_build_array(entry.user_id, entry.seq, extract(epoch from entry.at), entry.actor, entry.action, entry.detail)::text, 'UTF8'
)`

/**
 * Adds an entry to the owner's chain, in the transaction of what it tells. The last thing there: nobody else adds one
 * until that ends, and whoever waited for more behind it could wait for ever.
 */
export async function writeAudit(
  trx: Transaction<DB>,
  userId: string,
  {
    at,
    actor = 'owner',
    action,
    detail = {},
  }: { at: Date; actor?: AuditEntry['actor']; action: AuditAction; detail?: Readonly<Record<string, string>> },
): Promise<void> {
  // In a statement of its own: the next one is to see what was committed while this one waited.
  await sql`select pg_advisory_xact_lock(hashtextextended('audit log of ' || ${userId}::text, 0))`.execute(trx)
  await sql`
    insert into audit_log (user_id, seq, at, actor, action, detail, previous_hash, hash)
    select user_id, seq, at, actor, action, detail, previous_hash, sha256(previous_hash || ${content})
    from (
      select ${userId}::uuid as user_id, coalesce(last.seq, 0) + 1 as seq, ${at.toISOString()}::timestamptz(3) as at,
        ${actor}::text as actor, ${action}::text as action, ${jsonText(detail)}::jsonb as detail,
        coalesce(last.hash, '') as previous_hash
      from (select) as once left join lateral (
        select seq, hash from audit_log where user_id = ${userId} order by seq desc limit 1
      ) as last on true
    ) as entry`.execute(trx)
}

/** Newest first. */
export async function listAudit(db: Kysely<DB>, userId: string, input: ListAuditInput): Promise<AuditPage> {
  let query = db
    .selectFrom('auditLog')
    .where('userId', '=', userId)
    .orderBy('seq', 'desc')
    .limit(input.limit + 1)
    .select(['seq', 'at', 'actor', 'action', 'detail'])
  if (input.cursor) {
    const [seq] = parseCursorOf(z.tuple([z.int()]), input.cursor)
    query = query.where('seq', '<', seq)
  }
  return toPage(
    await query.execute(),
    input.limit,
    ({ seq }) => [seq],
    (row) => row,
  )
}

/** Hashes the whole chain anew. */
export async function verifyAudit(db: Kysely<DB>, userId: string): Promise<AuditVerdict> {
  const { rows } = await sql<AuditVerdict>`
    select count(*) as entries, min(seq) filter (where not is_right) as broken_at
    from (
      select entry.seq,
        entry.seq = row_number() over chain
          and entry.previous_hash = coalesce(lag(entry.hash) over chain, '')
          and entry.hash = sha256(entry.previous_hash || ${content}) as is_right
      from audit_log as entry where entry.user_id = ${userId}
      window chain as (order by entry.seq)
    ) as looked_at`.execute(db)
  return rows[0] ?? { entries: 0, brokenAt: null }
}
