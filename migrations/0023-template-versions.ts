import { type Kysely, sql } from 'kysely'

/** Each text a template had, and the one version its owner has approved. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table templates
      add column version integer not null default 1,
      add column approved_version integer`.execute(db)
  await sql`
    create table template_versions (
      user_id uuid not null,
      template_id uuid not null,
      version integer not null,
      body text not null,
      created_at timestamptz(3) not null,
      primary key (user_id, template_id, version),
      foreign key (user_id, template_id) references templates (user_id, id) on delete cascade
    )`.execute(db)
  await sql`
    insert into template_versions (user_id, template_id, version, body, created_at)
    select user_id, id, version, body, updated_at from templates`.execute(db)
  await sql`create index templates_newest on templates (user_id, created_at desc, id desc)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index templates_newest`.execute(db)
  await sql`drop table template_versions`.execute(db)
  await sql`alter table templates drop column version, drop column approved_version`.execute(db)
}
