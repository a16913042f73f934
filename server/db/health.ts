import { type Kysely, sql } from 'kysely'
import type { DB } from './schema.ts'

// Figures for the operator, over all owners.

/** So many syncs in a row must have failed; the index `mailboxes_failing` holds exactly these. */
const failuresInARow = sql.lit(3)

/** Active mailboxes whose syncs fail again and again, of how many. */
export async function countUnreadable(db: Kysely<DB>): Promise<{ unreadable: number; active: number }> {
  const active = db.selectFrom('mailboxes').where('status', '=', 'active')
  const { count: unreadable } = await active
    .where('failures', '>=', failuresInARow)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  if (unreadable === 0) return { unreadable, active: 0 }
  const { count } = await active.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  return { unreadable, active: count }
}
