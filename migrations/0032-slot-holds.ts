import { type Kysely, sql } from 'kysely'

/** Hours that a run has taken for its reply: while that reply may stand, no other correspondent is offered them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table slot_holds (
      user_id uuid not null,
      trace_id uuid not null,
      start_at timestamptz(3) not null,
      end_at timestamptz(3) not null check (end_at > start_at),
      primary key (user_id, trace_id, start_at),
      foreign key (user_id, trace_id) references traces (user_id, id) on delete cascade
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table slot_holds`.execute(db)
}
