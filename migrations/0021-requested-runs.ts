import { type Kysely, sql } from 'kysely'

/** A run the owner asked for by hand: it drafts where one that begins by itself leaves the mail alone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table traces add column is_requested boolean not null default false`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table traces drop column is_requested`.execute(db)
}
