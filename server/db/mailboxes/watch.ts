import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

/** Until when Gmail pushes the changes of a mailbox; undefined when it is not active. */
export function findWatch(db: Kysely<DB>, userId: string, mailboxId: string) {
  return db
    .selectFrom('mailboxes')
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('status', '=', 'active')
    .select('watchExpiresAt')
    .executeTakeFirst()
}

export interface WatchChange {
  readonly watchExpiresAt?: string | null
  readonly watchRetryAt: string | null
}

/** Notes what became of the watch, if it is still the one that was found; undefined means somebody was faster. */
export function moveWatch(
  db: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { from, to }: { from: string | null; to: WatchChange },
) {
  return db
    .updateTable('mailboxes')
    .set(to)
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('status', '=', 'active')
    .where('watchExpiresAt', 'is not distinct from', from)
    .returning('id')
    .executeTakeFirst()
}

/** A figure for the operator, over all owners: active mailboxes whose watch ends before `before`, or never began. */
export async function countLapsingWatches(db: Kysely<DB>, before: string): Promise<number> {
  const { lapsing } = await db
    .selectFrom('mailboxes')
    .where('status', '=', 'active')
    .where((eb) =>
      eb.or([
        eb('watchExpiresAt', '<', before),
        // One that was connected a moment ago has no watch yet and nothing wrong with it.
        eb.and([eb('watchExpiresAt', 'is', null), eb('watchRetryAt', 'is not', null)]),
      ]),
    )
    .select((eb) => eb.fn.countAll<number>().as('lapsing'))
    .executeTakeFirstOrThrow()
  return lapsing
}
