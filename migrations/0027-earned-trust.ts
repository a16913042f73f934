import { type Kysely, sql } from 'kysely'

/**
 * What the owner made of each draft, once for the intent of its mail and once for who wrote it. It outlives mail that is
 * deleted in Gmail, or a rejection would be forgotten with it, and goes with its mailbox.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table trust_decisions (
      user_id uuid not null,
      draft_id uuid not null,
      kind text not null check (kind in ('intent', 'correspondent')),
      subject text not null,
      mailbox_id uuid not null,
      outcome text not null check (outcome in ('approved', 'edited', 'rejected', 'cancelled')),
      agent_version text,
      decided_at timestamptz(3) not null,
      primary key (user_id, draft_id, kind),
      foreign key (user_id, mailbox_id) references mailboxes (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index trust_decisions_subject on trust_decisions (user_id, kind, subject, decided_at)`.execute(db)
  await sql`create index trust_decisions_mailbox on trust_decisions (user_id, mailbox_id)`.execute(db)
  await sql`alter table drafts add column agent_version text`.execute(db)
  await sql`
    alter table settings
      add column trust_approvals integer not null default 5 check (trust_approvals >= 1)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table settings drop column trust_approvals`.execute(db)
  await sql`alter table drafts drop column agent_version`.execute(db)
  await sql`drop table trust_decisions`.execute(db)
}
