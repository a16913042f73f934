import { type Kysely, sql } from 'kysely'

const punctuation = `!"#$%&''()*+,-./:;<=>?@[\\]^_\`{|}~`

/** Punctuation becomes blanks, or PostgreSQL would take `example.com` and `a@b.de` for one word each. */
const words = (expression: string) => sql.raw(`translate(${expression}, '${punctuation}', repeat(' ', 32))`)

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table emails (
      user_id uuid not null,
      id uuid not null,
      mailbox_id uuid not null,
      gmail_id text not null,
      thread_id text not null,
      direction text not null check (direction in ('in', 'out')),
      message_id text,
      in_reply_to text,
      reference_ids text[] not null,
      subject text not null,
      from_name text not null,
      from_address text not null,
      to_addresses jsonb not null,
      cc_addresses jsonb not null,
      reply_to_addresses jsonb not null,
      received_at timestamptz(3) not null,
      snippet text not null,
      text text not null,
      fresh_text text not null,
      html text,
      headers jsonb not null,
      labels text[] not null,
      problem text,
      status text not null check (
        status in ('pending', 'processing', 'no_reply', 'needs_review', 'approved', 'sent', 'rejected')
      ),
      intent text check (intent in ('inquiry', 'meeting_request', 'complaint', 'follow_up', 'spam', 'other')),
      confidence real,
      language text,
      reasons text[] not null default '{}',
      created_at timestamptz(3) not null default now(),
      search tsvector generated always as (
        setweight(to_tsvector('simple', ${words('left(subject, 1000)')}), 'A')
        || setweight(to_tsvector('simple', ${words("left(from_name || ' ' || from_address, 1000)")}), 'B')
        || setweight(to_tsvector('simple', ${words('left(text, 100000)')}), 'C')
      ) stored,
      primary key (user_id, id),
      unique (user_id, mailbox_id, gmail_id),
      foreign key (user_id, mailbox_id) references mailboxes (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index emails_newest on emails (user_id, received_at desc, id desc)`.execute(db)
  await sql`create index emails_by_status on emails (user_id, status, received_at desc, id desc)`.execute(db)
  await sql`create index emails_by_intent on emails (user_id, intent, received_at desc, id desc)`.execute(db)
  await sql`create index emails_thread on emails (user_id, thread_id, received_at, id)`.execute(db)
  await sql`create index emails_search on emails using gin (user_id, search)`.execute(db)

  await sql`
    create table email_participants (
      user_id uuid not null,
      email_id uuid not null,
      role text not null check (role in ('from', 'to', 'cc', 'bcc')),
      address text not null,
      primary key (user_id, email_id, role, address),
      foreign key (user_id, email_id) references emails (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index email_participants_address on email_participants (user_id, address, email_id)`.execute(db)
  await sql`
    create table attachments (
      user_id uuid not null,
      email_id uuid not null,
      position integer not null,
      filename text not null,
      mime_type text not null,
      size_bytes integer not null,
      primary key (user_id, email_id, position),
      foreign key (user_id, email_id) references emails (user_id, id) on delete cascade
    )`.execute(db)
  await sql`
    create table quarantined_messages (
      user_id uuid not null,
      id uuid not null,
      mailbox_id uuid not null,
      gmail_id text not null,
      reason text not null,
      created_at timestamptz(3) not null default now(),
      primary key (user_id, id),
      unique (user_id, mailbox_id, gmail_id),
      foreign key (user_id, mailbox_id) references mailboxes (user_id, id) on delete cascade
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table quarantined_messages, attachments, email_participants, emails`.execute(db)
}
