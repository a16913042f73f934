import { type Kysely, sql } from 'kysely'

/** When a draft changed last, whoever changed it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table drafts add column updated_at timestamptz(3)`.execute(db)
  await sql`update drafts set updated_at = created_at`.execute(db)
  await sql`alter table drafts alter column updated_at set default now(), alter column updated_at set not null`.execute(
    db,
  )
  await sql`
    create function note_draft_update() returns trigger language plpgsql as $$
    begin
      new.updated_at := now();
      return new;
    end $$`.execute(db)
  await sql`
    create trigger note_draft_update before update on drafts
      for each row when (old.* is distinct from new.*) execute function note_draft_update()`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop trigger note_draft_update on drafts`.execute(db)
  await sql`drop function note_draft_update`.execute(db)
  await sql`alter table drafts drop column updated_at`.execute(db)
}
