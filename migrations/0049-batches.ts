import { type Kysely, sql } from 'kysely'

/**
 * Many mails that are worked on at one request. An item keeps the id that was asked for; where the owner has such a mail it
 * points at it as well, and goes with it. A run knows the batch that began it, so that its end can tell.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table batches (
      user_id uuid not null references users on delete cascade,
      id uuid not null,
      kind text not null check (kind in ('classify', 'process')),
      status text not null check (status in ('running', 'completed', 'cancelled')),
      by_program boolean not null,
      created_at timestamptz(3) not null,
      worked_at timestamptz(3) not null,
      finished_at timestamptz(3),
      primary key (user_id, id),
      check ((status = 'running') = (finished_at is null))
    )`.execute(db)
  await sql`create index batches_newest on batches (user_id, created_at desc, id desc)`.execute(db)
  await sql`create index batches_running on batches (worked_at) where status = 'running'`.execute(db)
  await sql`create index batches_open on batches (user_id) where status = 'running'`.execute(db)
  await sql`create index batches_finished on batches (finished_at) where finished_at is not null`.execute(db)

  await sql`alter table traces add column batch_id uuid`.execute(db)
  await sql`
    alter table traces
      add foreign key (user_id, batch_id) references batches (user_id, id) on delete set null (batch_id)`.execute(db)
  await sql`create index traces_batch on traces (user_id, batch_id) where batch_id is not null`.execute(db)

  await sql`
    create table batch_items (
      user_id uuid not null,
      batch_id uuid not null,
      asked_id uuid not null,
      email_id uuid,
      position integer not null,
      status text not null check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
      trace_id uuid,
      reason text,
      message text,
      primary key (user_id, batch_id, asked_id),
      foreign key (user_id, batch_id) references batches (user_id, id) on delete cascade,
      foreign key (user_id, email_id) references emails (user_id, id) on delete cascade,
      foreign key (user_id, trace_id) references traces (user_id, id) on delete set null (trace_id),
      check (email_id is not null or status = 'failed'),
      check ((status = 'failed') = (reason is not null and message is not null))
    )`.execute(db)
  await sql`create index batch_items_email on batch_items (user_id, email_id) where email_id is not null`.execute(db)
  await sql`create index batch_items_trace on batch_items (user_id, trace_id) where trace_id is not null`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table batch_items`.execute(db)
  await sql`drop index traces_batch`.execute(db)
  await sql`alter table traces drop column batch_id`.execute(db)
  await sql`drop table batches`.execute(db)
}
