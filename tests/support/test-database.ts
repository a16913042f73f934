import { inject } from 'vitest'
import { type Database, type DatabaseConfig, openDatabase } from '../../server/db/engine/connection.ts'
import { cleanDatabase, type Pristine, readPristine } from './clean-database.ts'
import { reportError } from './migrate-all.ts'
import { copyTemplate, endOtherSessions } from './native-database.ts'

/** A migrated, empty database of one's own: embedded, or a native one when TEST_DATABASE_URL is set. */
export async function newTestDatabase(): Promise<{ config: DatabaseConfig } & AsyncDisposable> {
  const template = inject('template')
  if (template.kind === 'dump') {
    const config = { kind: 'embedded', directory: 'memory://test', dump: template.file } as const
    return { config, [Symbol.asyncDispose]: () => Promise.resolve() }
  }
  const copy = await copyTemplate(template.url, template.name)
  const config = { kind: 'native', url: copy.url, maxConnections: 10 } as const
  return { config, [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose]() }
}

interface Kept {
  readonly place: Awaited<ReturnType<typeof newTestDatabase>>
  /** The embedded server, which takes a second to start; a native one is connected to anew. */
  readonly server: Database | undefined
  readonly pristine: Pristine
}

/** Those of this worker that no test has at the moment, each clean. */
const idle: Kept[] = []

/**
 * As `newTestDatabase`, open, and handed on to the worker's next test when it is disposed of: what it holds is deleted
 * then, and one whose tables were changed, that grew, or that broke is thrown away.
 */
export async function borrowDatabase(): Promise<Database & { config: DatabaseConfig }> {
  const kept = idle.pop() ?? (await makeOne())
  const { config } = kept.place
  const database = kept.server ?? (await openDatabase(config, reportError))
  return {
    config,
    db: database.db,
    openPatient: database.openPatient,
    pglite: database.pglite,
    async [Symbol.asyncDispose]() {
      if (!kept.server) await database[Symbol.asyncDispose]()
      if (await isCleaned(kept)) idle.push(kept)
      else await throwAway(kept)
    },
  }
}

async function makeOne(): Promise<Kept> {
  const place = await newTestDatabase()
  const database = await openDatabase(place.config, reportError)
  const pristine = await readPristine(database.db)
  if (database.pglite) return { place, server: database, pristine }
  await database[Symbol.asyncDispose]()
  return { place, server: undefined, pristine }
}

async function isCleaned({ place: { config }, server, pristine }: Kept): Promise<boolean> {
  try {
    if (server) {
      // Whatever the last one set for its session, or listened to.
      await server.pglite?.exec('discard all')
      return await cleanDatabase(server.db, pristine)
    }
    if (config.kind === 'native') await endOtherSessions(config.url)
    await using database = await openDatabase(config, reportError)
    return await cleanDatabase(database.db, pristine)
  } catch {
    return false
  }
}

async function throwAway({ place, server }: Kept): Promise<void> {
  await server?.[Symbol.asyncDispose]()
  await place[Symbol.asyncDispose]()
}
