import { type Kysely, sql } from 'kysely'
import { type ConstructorOptions, fromPglite, PgBoss } from 'pg-boss'
import { type DatabaseConfig, openDatabase } from '../../../server/db/engine/connection.ts'
import type { DB } from '../../../server/db/engine/schema.ts'

/** Sets the queue's clock this far ahead of the true time: all of pg-boss asks this one function. */
export async function moveQueueClock(db: Kysely<DB>, aheadMs: number): Promise<void> {
  await sql`
    create or replace function pgboss.job_now() returns timestamp with time zone as $$
      select pg_catalog.now() + ${sql.lit(aheadMs)} * interval '1 millisecond'
    $$ language sql stable`.execute(db)
}

/** The pauses between the tries of a failed job are over. */
export async function hasteRetries(db: Kysely<DB>): Promise<void> {
  await sql`update pgboss.job set start_after = pgboss.job_now() where state = 'retry'`.execute(db)
}

/** The queue's supervision finds what a dead process worked on and gives it to others; nobody has the database open. */
export async function superviseQueue(config: DatabaseConfig, aheadMs: number): Promise<void> {
  await using database = await openDatabase(config, () => undefined)
  const { db, pglite } = database
  await moveQueueClock(db, aheadMs)
  const place: ConstructorOptions = pglite
    ? { db: fromPglite(pglite), backend: 'pglite' }
    : { connectionString: config.kind === 'native' ? config.url : '', max: 1 }
  const boss = new PgBoss({ ...place, migrate: false, supervise: false, schedule: false, registerInstance: false })
  await boss.start()
  await boss.supervise()
  await boss.stop({ graceful: false })
}

/** What failed for good and was given no new start: the job and the reason. The next minute's sweep replaces the last. */
export async function findDeadLetters(db: Kysely<DB>): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    select source_name || ': ' || (source_output ->> 'message') as what from pgboss.job
    where name = 'dead-letter' and state = 'created' and source_name <> 'sweep-due'`.execute(db)
  return rows.map(({ what }) => what)
}
