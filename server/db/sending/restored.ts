import { type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'

/**
 * After a backup was put back: what waited to be sent then may be out by now, so that it is looked for in its
 * conversation before anything else, as a send whose worker died. All owners' at once, and to be called while nothing
 * works. Answers how many there are.
 */
export async function markUnsentAsSending(trx: Kysely<DB>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with doubted as (
      update outbox set state = 'SENDING', epoch = epoch + 1, lease_until = null, retry_at = null,
        sending_since = coalesce(sending_since, created_at)
      where state = 'READY'
      returning user_id, draft_id, draft_version
    ), moved as (
      update drafts set status = 'sending' from doubted
      where drafts.user_id = doubted.user_id and drafts.id = doubted.draft_id
        and drafts.version = doubted.draft_version and drafts.status = 'approved'
    )
    select count(*)::integer as count from doubted`.execute(trx)
  return rows[0]?.count ?? 0
}
