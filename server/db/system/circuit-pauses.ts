import { type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'

/** A process whose circuit is still open says so more often; one that says nothing more is gone or has no work. */
const stale = sql`interval '2 minutes'`

/** That the circuit of this service is open in a process for so long. Since when: from the first word of it on. */
export async function notePause(db: Kysely<DB>, vendor: string, forMs: number): Promise<void> {
  await sql`
    insert into circuit_pauses as pause (vendor, since, until)
    values (${vendor}, now(), now() + ${forMs}::float8 * interval '1 millisecond')
    on conflict (vendor) do update set until = greatest(pause.until, excluded.until),
      since = case when pause.until < now() - ${stale} then excluded.since else pause.since end`.execute(db)
}

/** That a process reached the service again. */
export async function deletePause(db: Kysely<DB>, vendor: string): Promise<void> {
  await db.deleteFrom('circuitPauses').where('vendor', '=', vendor).execute()
}

/** The services whose circuit is open in any process. */
export function listPauses(db: Kysely<DB>) {
  return db
    .selectFrom('circuitPauses')
    .where('until', '>', sql<string>`now() - ${stale}`)
    .select(['vendor', 'since', 'until'])
    .execute()
}
