import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table mailboxes
      add column synced_after timestamptz(3),
      add column history_tried_id numeric,
      add column last_tried_at timestamptz(3),
      add column retry_at timestamptz(3),
      add column failures integer not null default 0,
      add column token_refusals integer not null default 0,
      add column resync_history_id numeric,
      add column resync_labels text[],
      add column resync_page_token text`.execute(db)
  // What was imported before had no bound noted: the oldest mail that is there stands for it.
  await sql`
    update mailboxes set synced_after = coalesce(
      (select min(received_at) from emails where user_id = mailboxes.user_id and mailbox_id = mailboxes.id),
      created_at
    ) where history_id is not null`.execute(db)
  await sql`drop index mailboxes_due`.execute(db)
  await sql`create index mailboxes_due on mailboxes (last_tried_at nulls first) where status = 'active'`.execute(db)

  // Of a resync under way: what Gmail has, page by page.
  await sql`
    create table resync_listings (
      user_id uuid not null,
      mailbox_id uuid not null,
      gmail_id text not null,
      labels text[] not null,
      primary key (user_id, mailbox_id, gmail_id),
      foreign key (user_id, mailbox_id) references mailboxes (user_id, id) on delete cascade
    )`.execute(db)

  await sql`
    alter table emails
      add column gone_at timestamptz(3),
      add column awaits_run boolean not null default false`.execute(db)
  await sql`create index emails_gone on emails (gone_at) where gone_at is not null`.execute(db)
  await sql`
    create index emails_awaiting_run on emails (user_id, mailbox_id, received_at) where awaits_run`.execute(db)
  // Imports that are under way.
  await sql`
    update emails set awaits_run = true from mailboxes
    where mailboxes.user_id = emails.user_id and mailboxes.id = emails.mailbox_id
      and import_history_id is not null and direction = 'in' and emails.status = 'pending'
      and not exists (select 1 from traces where traces.user_id = emails.user_id and email_id = emails.id)`.execute(db)

  await sql`
    alter table quarantined_messages
      add column tries integer not null default 1,
      add column retry_at timestamptz(3) not null default now()`.execute(db)
  await sql`create index quarantined_due on quarantined_messages (user_id, mailbox_id, retry_at)`.execute(db)

  // When the minute's sweep last had it in hand: the longest forgotten come first.
  await sql`alter table traces add column swept_at timestamptz(3)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table traces drop column swept_at`.execute(db)
  await sql`drop index quarantined_due`.execute(db)
  await sql`alter table quarantined_messages drop column tries, drop column retry_at`.execute(db)
  await sql`drop index emails_awaiting_run, emails_gone`.execute(db)
  await sql`alter table emails drop column awaits_run, drop column gone_at`.execute(db)
  await sql`drop table resync_listings`.execute(db)
  await sql`drop index mailboxes_due`.execute(db)
  await sql`create index mailboxes_due on mailboxes (last_sync_at nulls first) where status = 'active'`.execute(db)
  await sql`
    alter table mailboxes
      drop column resync_page_token,
      drop column resync_labels,
      drop column resync_history_id,
      drop column token_refusals,
      drop column failures,
      drop column retry_at,
      drop column last_tried_at,
      drop column history_tried_id,
      drop column synced_after`.execute(db)
}
