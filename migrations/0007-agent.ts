import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table traces (
      user_id uuid not null,
      id uuid not null,
      email_id uuid not null,
      scope text not null check (scope in ('full', 'classify')),
      status text not null check (status in ('queued', 'running', 'completed', 'failed')),
      intent text,
      epoch integer not null default 0,
      lease_until timestamptz(3),
      total_ms integer,
      step_count integer not null default 0,
      tokens integer not null default 0,
      cost numeric not null default 0,
      error text,
      created_at timestamptz(3) not null,
      started_at timestamptz(3),
      finished_at timestamptz(3),
      primary key (user_id, id),
      foreign key (user_id, email_id) references emails (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index traces_newest on traces (user_id, created_at desc, id desc)`.execute(db)
  await sql`create index traces_email on traces (user_id, email_id, created_at desc)`.execute(db)
  // One run at a time over a mail, whatever process asks.
  await sql`
    create unique index traces_one_live on traces (user_id, email_id) where status in ('queued', 'running')`.execute(db)
  await sql`create index traces_lapsed on traces (lease_until) where status = 'running'`.execute(db)

  await sql`
    create table agent_steps (
      user_id uuid not null,
      trace_id uuid not null,
      name text not null,
      position integer not null,
      status text not null check (status in ('running', 'completed', 'failed')),
      started_at timestamptz(3) not null,
      ms integer,
      input jsonb,
      output jsonb,
      addition jsonb,
      error text,
      primary key (user_id, trace_id, name),
      foreign key (user_id, trace_id) references traces (user_id, id) on delete cascade
    )`.execute(db)
  await sql`
    create table tool_executions (
      user_id uuid not null,
      id uuid not null,
      trace_id uuid not null,
      step_name text not null,
      tool text not null,
      status text not null check (status in ('ok', 'failed')),
      ms integer not null,
      input jsonb,
      output jsonb,
      error text,
      created_at timestamptz(3) not null,
      primary key (user_id, id),
      foreign key (user_id, trace_id, step_name) references agent_steps (user_id, trace_id, name) on delete cascade
    )`.execute(db)
  await sql`create index tool_executions_trace on tool_executions (user_id, trace_id, step_name)`.execute(db)
  await sql`
    create table model_calls (
      user_id uuid not null,
      id uuid not null,
      trace_id uuid not null,
      step_name text not null,
      task text not null,
      model text not null,
      prompt_version text not null,
      outcome text not null,
      input_tokens integer not null,
      output_tokens integer not null,
      cost numeric not null,
      ms integer not null,
      created_at timestamptz(3) not null,
      primary key (user_id, id),
      foreign key (user_id, trace_id, step_name) references agent_steps (user_id, trace_id, name) on delete cascade
    )`.execute(db)
  await sql`create index model_calls_trace on model_calls (user_id, trace_id, step_name)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table model_calls, tool_executions, agent_steps, traces`.execute(db)
}
