import { type Kysely, sql } from 'kysely'
import type { DB } from '../../../server/db/engine/schema.ts'

interface ForeignKey {
  readonly child: string
  readonly parent: string
  readonly name: string
  readonly columns: readonly string[]
  readonly targets: readonly string[]
}

export interface CrossKeyFigures {
  crossKeys: number
  crossKeysRefused: number
}

/** Each foreign key between tables of an owner: a row of `from` is made to point to one of `to`, which must be refused. */
export async function crossKeys(
  db: Kysely<DB>,
  from: string,
  to: string,
): Promise<{ figures: CrossKeyFigures; problems: string[] }> {
  const { rows: keys } = await sql<ForeignKey>`
    select conrelid::regclass::text as child, confrelid::regclass::text as parent, conname::text as name,
      array(select attname::text from unnest(conkey) with ordinality as key(number, place)
        join pg_attribute on attrelid = conrelid and attnum = key.number order by place) as columns,
      array(select attname::text from unnest(confkey) with ordinality as key(number, place)
        join pg_attribute on attrelid = confrelid and attnum = key.number order by place) as targets
    from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace
      and confrelid <> 'users'::regclass order by 1, 2`.execute(db)
  const problems: string[] = []
  for (const key of keys) {
    const outcome = await tryRows(db, key, { from, to })
    if (outcome !== 'refused') problems.push(`${key.child} (${key.columns.join(', ')}) -> ${key.parent}: ${outcome}`)
  }
  return { figures: { crossKeys: keys.length, crossKeysRefused: keys.length - problems.length }, problems }
}

/** One row after the other: of some, children of their own would be in the way before the key itself. */
async function tryRows(db: Kysely<DB>, key: ForeignKey, owners: { from: string; to: string }): Promise<string> {
  const { rows } = await sql<{ place: string }>`select ctid::text as place from ${sql.table(key.child)}
    where user_id = ${owners.from} limit 50`.execute(db)
  let outcome = 'there is no row to try it with'
  for (const { place } of rows) {
    outcome = await tryCrossing(db, key, { place, to: owners.to })
    if (!outcome.startsWith('23503')) break
  }
  return outcome
}

async function tryCrossing(
  db: Kysely<DB>,
  { child, parent, name, columns, targets }: ForeignKey,
  { place, to }: { place: string; to: string },
): Promise<string> {
  const transaction = await db.startTransaction().execute()
  try {
    // Without the owner, which both sides have in common.
    const key = columns
      .map((column, place) => ({ column, target: targets[place] ?? '' }))
      .filter(({ column }) => column !== 'user_id')
    const changes = key.map(
      ({ column, target }) => sql`${sql.ref(column)} = (select ${sql.ref(target)} from ${sql.table(parent)}
        where user_id = ${to} order by ctid limit 1)`,
    )
    const moved = await sql`update ${sql.table(child)} set ${sql.join(changes)} where ctid = ${place}::tid`.execute(
      transaction,
    )
    await sql`set constraints all immediate`.execute(transaction)
    return moved.numAffectedRows ? 'a row of another owner was taken' : 'the row is gone'
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string }
    return code === '23503' && constraint === name ? 'refused' : `${code} ${constraint}: ${String(error)}`
  } finally {
    await transaction.rollback().execute()
  }
}
