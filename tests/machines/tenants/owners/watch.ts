import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { type Caller, type Crowd, withoutNewIds } from './crowd.ts'
import type { Play } from './play.ts'

/** What a play reads and writes, by tables. */
export interface Reach {
  readonly touches: readonly string[]
  readonly writes: readonly string[]
}

/** What came of a call, as far as anybody can see it. */
export interface Seen {
  /** What the function answered, what every statement of it did, and the caller's own rows in the end. */
  readonly own: string
  /** Of the rows of all others, where it writes. */
  readonly others: string
}

export function keyOf({ file, name, place }: Play): string {
  return `${file} ${name} ${place}`
}

/** Calls, looks, and takes all of it back. */
export async function watch(crowd: Crowd, play: Play, caller: Caller, { writes }: Reach): Promise<Seen> {
  const { ids } = crowd
  return await takenBack(crowd, async () => {
    await prepare(crowd, play)
    crowd.takeTalk()
    const { text } = await answerOf(crowd, play, caller)
    const { answers } = crowd.takeTalk()
    const rows = await rowsOf(crowd, writes, caller)
    return {
      own: JSON.stringify([text, answers.map((one) => sorted(one, ids)), rows], plain),
      others: await hashOthers(crowd, writes, caller),
    }
  })
}

/** The hash of what the others have when the play begins. */
export async function hashBefore(crowd: Crowd, play: Play, caller: Caller, { writes }: Reach): Promise<string> {
  if (writes.length === 0) return ''
  return await takenBack(crowd, async () => {
    await prepare(crowd, play)
    return await hashOthers(crowd, writes, caller)
  })
}

export async function reachOf(
  crowd: Crowd,
  play: Play,
  caller: Caller,
): Promise<Reach & { isHeard: boolean; failure: string | null }> {
  return await takenBack(crowd, async () => {
    await prepare(crowd, play)
    crowd.takeTalk()
    const answer = await answerOf(crowd, play, caller)
    // Behind the savepoint of the call itself.
    const said = crowd.takeTalk().statements.slice(1).join('\n')
    const written = new Set([...said.matchAll(/(?:insert into|update|delete from) "?(\w+)/g)].map(([, name]) => name))
    const tables = [...crowd.tables, 'users']
    return {
      isHeard: said !== '',
      touches: tables.filter((name) => new RegExp(`\\b${name}\\b`).test(said)),
      writes: tables.filter((name) => written.has(name)),
      failure: answer.isFailed ? answer.text : null,
    }
  })
}

/** As if there had never been anybody else. */
export async function alone<T>(crowd: Crowd, { userId }: Caller, use: () => Promise<T>): Promise<T> {
  const { db, tables } = crowd
  return await takenBack(crowd, async () => {
    await sql`set local session_replication_role = replica`.execute(db)
    for (const name of tables) await sql`delete from ${sql.table(name)} where user_id <> ${userId}`.execute(db)
    await sql`delete from users where id <> ${userId}`.execute(db)
    await sql`set local session_replication_role = origin`.execute(db)
    return await use()
  })
}

/** Also for those who lack what a row points to. */
async function prepare({ db }: Crowd, { before }: Play): Promise<void> {
  if (!before) return
  await sql`set local session_replication_role = replica`.execute(db)
  for (const statement of before.split(';')) await sql.raw(statement).execute(db)
  await sql`set local session_replication_role = origin`.execute(db)
}

let depth = 0

async function takenBack<T>({ db }: Crowd, use: () => Promise<T>): Promise<T> {
  const name = sql.raw(`level${depth++}`)
  await sql`savepoint ${name}`.execute(db)
  try {
    return await use()
  } finally {
    depth--
    await sql`rollback to savepoint ${name}`.execute(db)
    await sql`release savepoint ${name}`.execute(db)
  }
}

async function answerOf(
  { db, ids }: Crowd,
  play: Play,
  { userId }: Caller,
): Promise<{ text: string; isFailed: boolean }> {
  await sql`savepoint call`.execute(db)
  try {
    const answer = await play.call(db, userId)
    const text = JSON.stringify(Array.isArray(answer) ? listed(answer, ids) : answer, plain) ?? ''
    return { text: withoutNewIds(text, ids), isFailed: false }
  } catch (error) {
    await sql`rollback to savepoint call`.execute(db)
    return { text: withoutNewIds(String(error), ids), isFailed: true }
  }
}

async function rowsOf({ db, ids }: Crowd, tables: readonly string[], { userId }: Caller): Promise<string[]> {
  const rows: string[] = []
  for (const table of tables) {
    // Numbers that the database counts up do not go back.
    const counted = table === 'notifications' ? 'id' : ''
    const found = await sql<{ row: string }>`select (to_jsonb(t) - ${counted}::text)::text as row
      from ${sql.table(table)} t where ${sql.ref(ownerOf(table))} = ${userId}`.execute(db)
    rows.push(...found.rows.map(({ row }) => withoutNewIds(row, ids)))
  }
  return rows.toSorted()
}

async function hashOthers({ db }: Crowd, tables: readonly string[], { userId }: Caller): Promise<string> {
  if (tables.length === 0) return ''
  const queries = tables.map(
    (table) => sql`select md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) as hash
      from ${sql.table(table)} t where ${sql.ref(ownerOf(table))} <> ${userId}`,
  )
  const { rows } = await sql<{ hash: string }>`${sql.join(queries, sql` union all `)}`.execute(db)
  return rows.map(({ hash }) => hash).join(' ')
}

function ownerOf(table: string): string {
  return table === 'users' ? 'id' : 'user_id'
}

function sorted(answer: unknown, ids: ReadonlySet<string>): unknown {
  const { rows, ...rest } = answer as { rows: readonly unknown[] }
  return { ...rest, rows: listed(rows, ids) }
}

/** Where no order was asked for, the database may answer in any; nor do new ids make one. */
function listed(rows: readonly unknown[], ids: ReadonlySet<string>): string[] {
  return rows.map((row) => withoutNewIds(JSON.stringify(row, plain), ids)).toSorted()
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Set || value instanceof Map) return [...value]
  return typeof value === 'bigint' ? String(value) : value
}

export function isSame(one: Seen, other: Seen): boolean {
  return isDeepStrictEqual(one, other)
}
