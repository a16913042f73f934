import type { PGlite } from '@electric-sql/pglite'
import { type ConstructorOptions, fromPglite } from 'pg-boss'
import { silentSocket } from '../../db/engine/silent-socket.ts'

/** `silenceMs` as for our own connections: nothing the queue asks takes that long. */
export type QueueDatabase = { readonly url: string; readonly silenceMs?: number } | { readonly pglite: PGlite }

/** How pg-boss reaches the database: by a small pool of its own, or through the embedded server's one session. */
export function queueConnection(database: QueueDatabase): ConstructorOptions {
  if ('url' in database) {
    const { url, silenceMs } = database
    // Handed on to pg's pool as it is; pg-boss's own types do not name `stream`.
    const pool = {
      connectionString: url,
      max: 4,
      connectionTimeoutMillis: 5_000,
      application_name: 'reasonflow-queue',
      stream: () => silentSocket(silenceMs),
    }
    return pool
  }
  // pg-boss wants Dates where our own parsers give strings.
  const parsers = { 1184: (text: string) => new Date(text) }
  const { pglite } = database
  const db = fromPglite({
    query: (text, values) => pglite.query(text, values, { parsers }),
    exec: (text) => pglite.exec(text, { parsers }),
    listen: (channel, callback) => pglite.listen(channel, callback),
  })
  return { db, backend: 'pglite' }
}
