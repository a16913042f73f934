import { type Kysely, sql } from 'kysely'
import { deadLetterQueue } from '../../adapters/pg-boss/dead-letters.ts'
import type { DB } from '../../db/engine/schema.ts'
import { type Finding, inWords, ok, warning } from './findings.ts'

const lateMs = 5 * 60_000

/** Whether work is taken up, and ends. */
export async function examineQueue(db: Kysely<DB>): Promise<Finding[]> {
  const { rows } = await sql<{ name: string | null }>`select to_regclass('pgboss.job')::text as name`.execute(db)
  if (!rows[0]?.name) return [warning('queue', 'has no schema yet', 'make migrate, or start the server')]
  const findings = [...(await examineDeadLetters(db)), ...(await examineDue(db))]
  return findings.length > 0 ? findings : [ok('queue', 'ready, nothing is late and nothing has failed for good')]
}

async function examineDeadLetters(db: Kysely<DB>): Promise<Finding[]> {
  const { rows } = await sql<{ job: string; count: number }>`
    select coalesce(source_name, 'unknown') as job, count(*)::int as count from pgboss.job
    where name = ${deadLetterQueue} and state < 'active' group by 1 order by 2 desc`.execute(db)
  if (rows.length === 0) return []
  const each = rows.map(({ job, count }) => `${count} ${job}`).join(', ')
  const fix = 'node server/scripts/redrive.ts lists them with their reasons; --all starts them anew'
  return [warning('queue', `failed for good: ${each}`, fix)]
}

async function examineDue(db: Kysely<DB>): Promise<Finding[]> {
  const { rows } = await sql<{ job: string; ms: number }>`
    select name as job, (extract(epoch from now() - start_after) * 1000)::float8 as ms from pgboss.job
    where name <> ${deadLetterQueue} and state < 'active' and not blocked and start_after <= now()
    order by start_after limit 1`.execute(db)
  const [oldest] = rows
  if (!oldest || oldest.ms < lateMs) return []
  const detail = `the oldest job that is due, ${oldest.job}, waits for ${inWords(oldest.ms)}`
  return [warning('queue', detail, 'start a server with the role of a worker (npm start), and look at its log')]
}
