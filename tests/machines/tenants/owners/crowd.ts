import { randomUUID } from 'node:crypto'
import { type Kysely, type KyselyPlugin, sql } from 'kysely'
import { openDatabase } from '../../../../server/db/engine/connection.ts'
import type { DB } from '../../../../server/db/engine/schema.ts'
import { createTestApp } from '../../../support/app.ts'
import { newDatabase } from '../../kit/databases.ts'
import { ownedTables } from '../../kit/row-hashes.ts'
import { newTenant } from '../world.ts'
import { addTheRest, type Known, lookUp } from './known.ts'

/** There once for everybody: a Google account, and a consent that was begun. */
const sharedKeys = ['google_identities', 'oauth_states']

/** An owner with the rows of the known one, under the same ids, all or all but those of one table. */
export interface Caller {
  readonly userId: string
  readonly lacks: string | null
}

export interface Crowd {
  /** In one transaction for good: `now()` stands still, and whatever is tried is rolled back. */
  readonly db: Kysely<DB>
  readonly known: Known
  readonly tables: readonly string[]
  readonly callers: readonly Caller[]
  /** Every id that is there before anybody calls. */
  readonly ids: ReadonlySet<string>
  /** What was said to the database since it was last asked, and what it answered. */
  takeTalk(): Talk
}

export interface Talk {
  readonly statements: readonly string[]
  readonly answers: readonly unknown[]
}

const anId = /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/g

/**
 * Lends an owner who has something of everything, and copies of them: one a table, who have nothing in it. A query that
 * forgets its owner in that table finds there what is another's, whatever else of it is in order.
 */
export async function withCrowd<T>(use: (crowd: Crowd) => Promise<T>): Promise<T> {
  await using database = await newDatabase(undefined)
  const { owner, ids, canaries } = await populate(database.config)
  let statements: string[] = []
  let answers: unknown[] = []
  const listener: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: ({ result }) => {
      const { rows, numAffectedRows } = result
      answers.push({ rows, numAffectedRows })
      return Promise.resolve(result)
    },
  }
  await using opened = await openDatabase(
    database.config,
    () => undefined,
    ({ query }) => statements.push(query.sql),
  )
  const known = await lookUp(opened.db, owner.userId, ids)
  const tables = await ownedTables(opened.db)
  const callers = [null, ...tables].map((lacks): Caller => ({ userId: randomUUID(), lacks }))
  await opened.db.transaction().execute((trx) => copy(trx, { known, tables, callers, word: canaries[0] }))
  return await opened.db.transaction().execute(async (trx) => {
    const db = trx.withPlugin(listener)
    return await use({
      db,
      known,
      tables,
      callers,
      ids: await everyId(db, tables),
      takeTalk() {
        const talk = { statements, answers }
        statements = []
        answers = []
        return talk
      },
    })
  })
}

async function populate(database: Parameters<typeof openDatabase>[0]) {
  await using app = await createTestApp({ config: { database } })
  const tenant = await newTenant(app)
  await app.drain()
  await addTheRest(app.db, tenant.owner.userId, tenant.ids)
  return tenant
}

/** Each copy has a word of its own where the known one's stands, so that it shows whose a row is. */
async function copy(
  db: Kysely<DB>,
  { known, tables, callers, word }: Pick<Crowd, 'known' | 'tables' | 'callers'> & { word: string },
): Promise<void> {
  // In whatever order the tables come.
  await sql`set local session_replication_role = replica`.execute(db)
  const list = sql`(values ${sql.join(
    callers.map(({ userId, lacks }, place) => sql`(${userId}::text, ${lacks}::text, ${`copy${place}`}::text)`),
  )}) as caller (id, lacks, word)`
  await sql`insert into users (id, email, password_hash)
    select caller.id::uuid, caller.id || '@studio.example', ${known.user.passwordHash} from ${list}`.execute(db)
  for (const table of tables) {
    if (sharedKeys.includes(table)) continue
    const { rows } = await sql<{ name: string }>`
      select column_name as name from information_schema.columns
      where table_schema = 'public' and table_name = ${table} and is_generated = 'NEVER'`.execute(db)
    const columns = sql.join(rows.map(({ name }) => sql.ref(name)))
    await sql`insert into ${sql.table(table)} (${columns}) overriding system value
      select ${columns} from (
        select (jsonb_populate_record(null::${sql.table(table)},
          replace(replace(to_jsonb(original)::text, ${word}, caller.word), ${known.userId}, caller.id)::jsonb)).*
        from ${sql.table(table)} original cross join ${list}
        where original.user_id = ${known.userId} and caller.lacks is distinct from ${table}
      ) as copied`.execute(db)
  }
}

async function everyId(db: Kysely<DB>, tables: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (const table of [...tables, 'users']) {
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(table)} t`.execute(db)
    for (const { row } of rows) for (const [id] of row.matchAll(anId)) found.add(id)
  }
  return found
}

/** Rids a text of ids that were made meanwhile, which are others each time. */
export function withoutNewIds(text: string, ids: ReadonlySet<string>): string {
  return text.replaceAll(anId, (id) => (ids.has(id) ? id : 'a new id'))
}
