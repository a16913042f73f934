import { openAsBlob } from 'node:fs'
import type { PGlite } from '@electric-sql/pglite'
import { CamelCasePlugin, Kysely, type KyselyPlugin, type LogEvent, PGliteDialect, PostgresDialect } from 'kysely'
import { Pool, types } from 'pg'
import { openEmbedded } from './embedded.ts'
import { parsers } from './parsers.ts'
import type { DB } from './schema.ts'
import { silentSocket } from './silent-socket.ts'

export type DatabaseConfig =
  | {
      readonly kind: 'native'
      readonly url: string
      readonly maxConnections: number
      /** A connection that says nothing for so long in the middle of a query is given up; default 40,000. */
      readonly silenceMs?: number
    }
  | {
      readonly kind: 'embedded'
      /** `memory://` keeps nothing. */
      readonly directory: string
      /** A file to begin from: what `PGlite.dumpDataDir` made. */
      readonly dump?: string
    }

export interface Database extends AsyncDisposable {
  readonly db: Kysely<DB>
  /** One more connection to a native server, for what may take as long as it takes; null on an embedded one. */
  readonly openPatient: (() => Database) | null
  /** The embedded server, for the queue, which speaks to the database beside Kysely; null on a native one. */
  readonly pglite: PGlite | null
}

/** jsonb keeps its keys as they are: without this the plugin would rename keys inside documents. */
const plugins: KyselyPlugin[] = [new CamelCasePlugin({ maintainNestedObjectKeys: true })]

/**
 * Opens the database; both drivers give the same JavaScript types.
 * A native connection that breaks is dropped by the pool and made anew at the next query; `onBroken` is told, and
 * `onStatement` of every statement when it has ended.
 */
export async function openDatabase(
  config: DatabaseConfig,
  onBroken: (error: Error) => void,
  onStatement?: (event: LogEvent) => void,
): Promise<Database> {
  const log = onStatement ? { log: onStatement } : {}
  if (config.kind === 'embedded') {
    const pglite = await openEmbedded(config.directory, config.dump ? await openAsBlob(config.dump) : undefined)
    const db = new Kysely<DB>({ dialect: new PGliteDialect({ pglite }), plugins, ...log })
    return { db, openPatient: null, pglite, [Symbol.asyncDispose]: () => pglite[Symbol.asyncDispose]() }
  }
  return openNative(config, onBroken, log)
}

function openNative(
  config: Extract<DatabaseConfig, { kind: 'native' }>,
  onBroken: (error: Error) => void,
  log: { log?: (event: LogEvent) => void },
  statementMs = 30_000,
): Database {
  const { silenceMs } = config
  const pool = new Pool({
    connectionString: config.url,
    stream: () => silentSocket(silenceMs),
    max: config.maxConnections,
    connectionTimeoutMillis: 5_000,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    application_name: 'reasonflow',
    types: { getTypeParser: (oid: number, format) => parsers[oid] ?? types.getTypeParser(oid, format) },
  })
  // Told by the client itself, in use or idle: without a listener a connection that breaks in use ends the process.
  pool.on('connect', (client) => client.on('error', onBroken))
  pool.on('error', () => undefined)
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }), plugins, ...log })
  const patient = { ...config, maxConnections: 1, silenceMs: 0 }
  return {
    db,
    openPatient: () => openNative(patient, onBroken, log, 0),
    pglite: null,
    [Symbol.asyncDispose]: () => db.destroy(),
  }
}
