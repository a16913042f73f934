import { type Kysely, sql } from 'kysely'
import type { DB } from '../../../../server/db/engine/schema.ts'
import type { ClosedPlace } from '../world/closed.ts'
import type { Canaries } from './canaries.ts'

/** Stands in Google alone. */
const elsewhere: ClosedPlace = 'calendar'

/** A canary that was never stored is never found either, whatever the product does. */
export async function notStored(db: Kysely<DB>, canaries: Canaries<ClosedPlace>): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(db)
  const stored = new Set<string>()
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`select found::text as row from ${sql.table(name)} as found`.execute(db)
    for (const { row } of rows) for (const word of canaries.in(row)) stored.add(word)
  }
  return [...canaries.byPlace()]
    .filter(([place, words]) => place !== elsewhere && !words.every((word) => stored.has(word)))
    .map(([place]) => `a canary of “${place}” was never stored`)
}
