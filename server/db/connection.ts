import { openAsBlob } from 'node:fs'
import type { PGlite } from '@electric-sql/pglite'
import { CamelCasePlugin, Kysely, type KyselyPlugin, PGliteDialect, PostgresDialect } from 'kysely'
import { Pool, types } from 'pg'
import { openEmbedded } from './embedded.ts'
import { parsers } from './parsers.ts'
import type { DB } from './schema.ts'

export type DatabaseConfig =
  | { readonly kind: 'native'; readonly url: string; readonly maxConnections: number }
  | {
      readonly kind: 'embedded'
      /** `memory://` keeps nothing. */
      readonly directory: string
      /** A file to begin from: what `PGlite.dumpDataDir` made. */
      readonly dump?: string
    }

export interface Database extends AsyncDisposable {
  readonly db: Kysely<DB>
  /** The embedded server, for the queue, which speaks to the database beside Kysely; null on a native one. */
  readonly pglite: PGlite | null
}

/** jsonb keeps its keys as they are: without this the plugin would rename keys inside documents. */
const plugins: KyselyPlugin[] = [new CamelCasePlugin({ maintainNestedObjectKeys: true })]

/**
 * Opens the database; both drivers give the same JavaScript types.
 * A native connection that breaks while idle is dropped by the pool and made anew at the next query.
 */
export async function openDatabase(config: DatabaseConfig, onIdleError: (error: Error) => void): Promise<Database> {
  if (config.kind === 'embedded') {
    const pglite = await openEmbedded(config.directory, config.dump ? await openAsBlob(config.dump) : undefined)
    const db = new Kysely<DB>({ dialect: new PGliteDialect({ pglite }), plugins })
    return { db, pglite, [Symbol.asyncDispose]: () => pglite[Symbol.asyncDispose]() }
  }
  const pool = new Pool({
    connectionString: config.url,
    max: config.maxConnections,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    application_name: 'reasonflow',
    types: { getTypeParser: (oid: number, format) => parsers[oid] ?? types.getTypeParser(oid, format) },
  })
  pool.on('error', onIdleError)
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }), plugins })
  return { db, pglite: null, [Symbol.asyncDispose]: () => db.destroy() }
}
