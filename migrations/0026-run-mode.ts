import { type Kysely, sql } from 'kysely'

/** Whether a run may end in a reply that nobody reads first, and what the owner lets go out so. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table traces add column mode text check (mode in ('maySend', 'reviewOnly'))`.execute(db)
  await sql`
    alter table settings
      add column allowed_intents text[] not null default '{inquiry,meeting_request,follow_up,other}'
        check (allowed_intents <@ '{inquiry,meeting_request,follow_up,other}'),
      add column free_busy_shareable boolean not null default false`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table settings drop column allowed_intents, drop column free_busy_shareable`.execute(db)
  await sql`alter table traces drop column mode`.execute(db)
}
