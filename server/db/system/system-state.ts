import { expressionBuilder, type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'

// What the operator has set for all owners: no query here asks for one.

const stopped = 'automatic_sending_stopped'

/** Since when nothing goes out by itself, whoever's it is; undefined while it may. */
export async function automaticSendingStoppedSince(db: Kysely<DB>): Promise<string | undefined> {
  const row = await db.selectFrom('systemState').where('name', '=', stopped).select('since').executeTakeFirst()
  return row?.since
}

/** Whether it is stopped, as a condition of a statement. */
export function isAutomaticSendingStopped() {
  const eb = expressionBuilder<DB>()
  return eb.exists(
    eb
      .selectFrom('systemState')
      .where('systemState.name', '=', stopped)
      .select(sql`1`.as('one')),
  )
}

/** Stopped twice, it is stopped since the first time. */
export async function stopAutomaticSending(db: Kysely<DB>, now: string): Promise<void> {
  await db
    .insertInto('systemState')
    .values({ name: stopped, since: now })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
}

export async function startAutomaticSending(db: Kysely<DB>): Promise<void> {
  await db.deleteFrom('systemState').where('name', '=', stopped).execute()
}

/** Automatic replies that wait for their moment, and those that are being sent. */
export async function unsentAutomaticReplies(db: Kysely<DB>): Promise<{ waiting: number; sending: number }> {
  const { rows } = await sql<{ waiting: number; sending: number }>`
    select count(*) filter (where state = 'READY')::integer as waiting,
      count(*) filter (where state = 'SENDING')::integer as sending
    from outbox where origin = 'agent' and state in ('READY', 'SENDING')`.execute(db)
  return rows[0] ?? { waiting: 0, sending: 0 }
}
