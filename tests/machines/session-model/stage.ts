import { parseConfig } from '../../../server/config.ts'
import type { AppContext } from '../../../server/context.ts'
import { type DatabaseConfig, openDatabase } from '../../../server/db/connection.ts'
import { createLogger } from '../../../server/logger.ts'
import { reportError } from '../../support/migrate-all.ts'

/** A migrated database and all else that tokens need, with a clock that is moved by hand. */
export interface Stage extends AsyncDisposable {
  readonly ctx: AppContext
  advance(seconds: number): void
}

const config = parseConfig({
  APP_ENV: 'test',
  JWT_SECRET_KEY: 'a secret of the tests, long enough to be one',
  ENCRYPTION_KEY: Buffer.from('a key of the tests: 32 bytes now').toString('base64'),
  MODEL_PROVIDER: 'offline',
})
const logger = createLogger({ level: 'silent', pretty: false })

export async function openStage(database: DatabaseConfig): Promise<Stage> {
  const opened = await openDatabase(database, reportError)
  let now = Date.parse('2026-03-02T09:00:00.000Z')
  const used = { config, logger, db: opened.db, clock: { now: () => new Date(now) } }
  return {
    // Tokens need nothing else; if they did, they would find none and fail.
    ctx: used as unknown as AppContext,
    advance(seconds) {
      now += 1_000 * seconds
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}
