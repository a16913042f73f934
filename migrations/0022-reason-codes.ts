import { type Kysely, sql } from 'kysely'

const tables = ['emails', 'drafts', 'outbox']
/** A run at work keeps what its steps have found; its reasons are told once it ends. */
const unfinished = sql`jsonb_typeof(addition) = 'object'`

/**
 * A reason has a code besides its sentence. The sentences from before stay where they are, `noted`, and are told while
 * `reasons` is null: to write every mail anew would take minutes under the lock.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const name of tables) {
    const table = sql.table(name)
    await sql`alter table ${table} rename column reasons to noted`.execute(db)
    await sql`alter table ${table} alter column noted set default '{}', add column reasons jsonb`.execute(db)
    await sql`alter table ${table} alter column reasons set default '[]'`.execute(db)
    // A process of the version before would write its empty list as an empty object.
    await sql`
      alter table ${table} add constraint ${sql.ref(`${name}_reasons_check`)}
      check (jsonb_typeof(reasons) = 'array') not valid`.execute(db)
  }
  await sql`
    update agent_steps
    set addition = jsonb_set(addition, '{reason}', jsonb_build_object('code', 'NOTED', 'text', addition -> 'reason'))
    where name = 'classify' and ${unfinished}`.execute(db)
  await sql`
    update agent_steps set addition = jsonb_set(addition, '{reasons}', (
      select jsonb_agg(jsonb_build_object('code', 'NOTED', 'text', sentence) order by position)
      from jsonb_array_elements(addition -> 'reasons') with ordinality as told (sentence, position)
    )) where name = 'review' and addition ? 'reasons' and ${unfinished}`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    update agent_steps set addition = jsonb_set(addition, '{reasons}', (
      select jsonb_agg(told.reason -> 'text' order by position)
      from jsonb_array_elements(addition -> 'reasons') with ordinality as told (reason, position)
    )) where name = 'review' and addition ? 'reasons' and ${unfinished}`.execute(db)
  await sql`
    update agent_steps set addition = jsonb_set(addition, '{reason}', addition -> 'reason' -> 'text')
    where name = 'classify' and ${unfinished}`.execute(db)
  for (const name of tables) {
    const table = sql.table(name)
    await sql`
      update ${table} set noted = array(
        select told.reason ->> 'text'
        from jsonb_array_elements(reasons) with ordinality as told (reason, position) order by position
      ) where reasons is not null`.execute(db)
    await sql`alter table ${table} drop column reasons`.execute(db)
    await sql`alter table ${table} rename column noted to reasons`.execute(db)
  }
  await sql`alter table drafts alter column reasons drop default`.execute(db)
}
