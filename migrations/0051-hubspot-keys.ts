import { type Kysely, sql } from 'kysely'

/** An owner's key of HubSpot, sealed, and whether they are looked up there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table hubspot_keys (
      user_id uuid primary key references users on delete cascade,
      sealed_key bytea not null,
      set_at timestamptz(3) not null
    )`.execute(db)
  await sql`
    alter table settings
      add column crm text not null default 'default' check (crm in ('default', 'own', 'hubspot'))`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table settings drop column crm`.execute(db)
  await sql`drop table hubspot_keys`.execute(db)
}
