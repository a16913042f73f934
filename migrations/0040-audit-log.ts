import { type Kysely, sql } from 'kysely'

/**
 * Who did what, and when: an owner's entries are numbered and each holds the hash of the one before, so that one that is
 * changed, added or taken out between others shows. Rows are added and nothing else; they go with their owner.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit_log (
      user_id uuid not null references users on delete cascade,
      seq bigint not null,
      at timestamptz(3) not null,
      actor text not null check (actor in ('owner', 'agent')),
      action text not null,
      detail jsonb not null,
      previous_hash bytea not null,
      hash bytea not null,
      primary key (user_id, seq)
    )`.execute(db)
  await sql`
    create function keep_audit_log() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' and not exists (select from users where id = old.user_id) then return old; end if;
      raise exception 'the audit log is added to and nothing else';
    end $$`.execute(db)
  await sql`
    create trigger keep_audit_log before update or delete on audit_log for each row execute function keep_audit_log()`.execute(
    db,
  )
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table audit_log`.execute(db)
  await sql`drop function keep_audit_log()`.execute(db)
}
