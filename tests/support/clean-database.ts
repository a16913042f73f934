import { type Kysely, sql } from 'kysely'
import type { DB } from '../../server/db/engine/schema.ts'

/** What a migrated database was before anybody used it. */
export interface Pristine {
  readonly shape: string
  readonly bytes: number
  /** The rows the queue keeps its own settings in, as JSON. */
  readonly queues: string
  readonly versions: string
}

/** Beyond this growth the dead rows and the statistics of one test would be felt by the next. */
const mayGrowBytes = 8_000_000

export async function readPristine(db: Kysely<DB>): Promise<Pristine> {
  const { rows } = await sql<{ queues: string; versions: string }>`
    select (select json_agg(q)::text from pgboss.queue q) as queues,
      (select json_agg(v)::text from pgboss.version v) as versions`.execute(db)
  const [kept] = rows
  if (!kept) throw new Error('the queue is not there')
  return { ...kept, ...(await look(db)) }
}

/** Empties every table but what the migrations and the queue put there; false when more than rows was changed. */
export async function cleanDatabase(db: Kysely<DB>, pristine: Pristine): Promise<boolean> {
  const { shape, bytes } = await look(db)
  if (shape !== pristine.shape || bytes > pristine.bytes + mayGrowBytes) return false
  // Without triggers and foreign keys: each table for itself.
  await sql`do $$
    declare name text;
    begin
      perform set_config('session_replication_role', 'replica', true);
      for name in select format('%I.%I', schemaname, tablename) from pg_tables
        where schemaname in ('public', 'pgboss') and tablename not like 'kysely_migration%'
      loop execute 'delete from ' || name; end loop;
    end $$`.execute(db)
  await sql`insert into pgboss.version
    select * from json_populate_recordset(null::pgboss.version, ${pristine.versions}::text::json)`.execute(db)
  await sql`insert into pgboss.queue
    select * from json_populate_recordset(null::pgboss.queue, ${pristine.queues}::text::json)`.execute(db)
  return true
}

/** Tables, columns, triggers, functions, constraints and statistics in one hash, and how much room it all takes. */
async function look(db: Kysely<DB>): Promise<{ shape: string; bytes: number }> {
  const { rows } = await sql<{ shape: string; bytes: number }>`
    with ours as (
      select c.* from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    )
    select md5(string_agg(fact, ',' order by fact)) as shape,
      (select sum(pg_relation_size(oid))::float8 from ours) as bytes
    from (
      select concat_ws('|', oid, relname, relnatts, relchecks, relhastriggers) as fact from ours
      -- A column that is dropped still counts among relnatts.
      union all select concat_ws('|', attrelid, attname) from pg_attribute join ours on ours.oid = attrelid
        where attisdropped
      union all select concat_ws('|', t.oid, t.tgenabled) from pg_trigger t join ours on ours.oid = t.tgrelid
      union all select concat_ws('|', p.oid, p.xmin) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'pgboss')
      union all select concat_ws('|', k.oid, k.conname) from pg_constraint k join ours on ours.oid = k.conrelid
      union all select concat_ws('|', s.starelid, s.staattnum) from pg_statistic s join ours on ours.oid = s.starelid
    ) as facts`.execute(db)
  const [found] = rows
  if (!found) throw new Error('the database cannot be looked at')
  return found
}
