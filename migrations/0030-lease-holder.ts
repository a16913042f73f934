import { type Kysely, sql } from 'kysely'

const leased = ['mailboxes', 'traces', 'outbox']

/**
 * Whose claim a lease is: one whose answer was lost with the connection is known again by the worker that made it,
 * which else would wait for its own lease to lapse.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of leased) await sql`alter table ${sql.table(table)} add column lease_holder uuid`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of leased) await sql`alter table ${sql.table(table)} drop column lease_holder`.execute(db)
}
