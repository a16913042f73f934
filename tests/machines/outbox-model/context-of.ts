import type { Kysely } from 'kysely'
import { parseConfig } from '../../../server/config.ts'
import type { AppContext } from '../../../server/context.ts'
import type { DB } from '../../../server/db/schema.ts'
import { createLogger } from '../../../server/logger.ts'
import type { Clock, MailSender } from '../../../server/ports.ts'

const config = parseConfig({
  APP_ENV: 'test',
  LOG_LEVEL: 'silent',
  JWT_SECRET_KEY: 'a secret of the tests, long enough to be one',
  ENCRYPTION_KEY: Buffer.from('a key of the tests: 32 bytes now').toString('base64'),
  MODEL_PROVIDER: 'offline',
})
const logger = createLogger(config.log)

export function contextOf(db: Kysely<DB>, { clock, mailSender, queue }: { clock: Clock; mailSender: MailSender; queue: string[] }): AppContext {
  const ctx: Partial<AppContext> = {
    config, db, logger, clock, mailSender,
    stopping: new AbortController().signal,
    mime: { parse: () => Promise.reject(new Error('nothing is parsed')), compose: async (reply) => Buffer.from(JSON.stringify(reply)) },
    jobs: { enqueue: async (_trx: unknown, _name: unknown, payload: { outboxId: string }) => { queue.push(payload.outboxId); return 'job' } } as never,
  }
  return ctx as AppContext
}
