import { type Kysely, sql } from 'kysely'
import { createMimeCodec } from '../../../server/adapters/mime/codec.ts'
import { bootstrap } from '../../../server/bootstrap.ts'
import { parseConfig } from '../../../server/config.ts'
import type { DB } from '../../../server/db/engine/schema.ts'
import { startHttpServer } from '../../../server/http/server.ts'
import { createHandlers } from '../../../server/jobs/handlers.ts'
import { hookSteps } from '../../../server/step.ts'
import { createWorker } from '../../../server/jobs/worker.ts'
import { TestClock } from '../../support/test-clock.ts'
import type { Answer, Commands, Request, StartTask } from './commands.ts'
import { createFaultHook } from './fault-hook.ts'
import { hasteRetries, moveQueueClock } from './queue-time.ts'

// A process of the machine: everything is imported, nothing runs until it is told to start.

/** One for all lives of this process: its thread takes longer to start than most trials. */
const mime = createMimeCodec({ deadlineMs: 60_000 })

type Life = Awaited<ReturnType<typeof startLife>>
let life: Life | undefined

const commands: Commands = {
  async start(task) {
    life = await startLife(task)
    return { url: life.url }
  },
  drain: () => living().drain(),
  retry: () => living().retry(),
  pass: (ms) => living().pass(ms),
  redrive: () => living().redrive(),
  hasStruck: () => Promise.resolve(living().hasStruck()),
  lift: () => Promise.resolve(living().lift()),
  passed: () => Promise.resolve(living().passed),
  async stop() {
    await living().end()
    life = undefined
  },
}

function living(): Life {
  if (!life) throw new Error('no server was started')
  return life
}

/** One life of the real server: the composition root, the HTTP API, the jobs. */
async function startLife({ environment, fault, aheadMs }: StartTask) {
  await using stack = new AsyncDisposableStack()
  const faults = createFaultHook(fault)
  hookSteps(faults.hook)
  stack.defer(() => hookSteps(undefined))
  const clock = new TestClock()
  let ahead = 0
  const app = stack.use(await bootstrap(parseConfig(environment), { clock, mime }))
  const { db, jobs } = app.ctx
  const run = createWorker(app.ctx, createHandlers(app.ctx))
  const advance = async (ms: number) => {
    clock.advance(ms)
    ahead += ms
    await moveQueueClock(db, ahead)
  }
  await advance(aheadMs)
  const server = stack.use(await startHttpServer(app.ctx, { port: 0, host: '127.0.0.1' }))
  const owned = stack.move()

  return {
    url: server.url,
    passed: faults.passed,
    async drain() {
      await jobs.drain(run)
    },
    async retry() {
      await hasteRetries(db)
      await jobs.drain(run)
    },
    async pass(ms: number) {
      await advance(ms)
      await hasteRetries(db)
      await db.transaction().execute((trx) => jobs.enqueue(trx, 'sweep-due', {}))
      await jobs.drain(run)
      return { live: await liveRows(db) }
    },
    async redrive() {
      await jobs.redrive({})
      await jobs.drain(run)
    },
    hasStruck: faults.hasStruck,
    lift: faults.lift,
    end: () => owned.disposeAsync(),
  }
}

/** Everything that somebody still holds or that waits to go on, in words. At the end of a trial there is nothing. */
async function liveRows(db: Kysely<DB>): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    select 'run ' || status || ' ' || id as what from traces where status in ('queued', 'running')
    union all select 'send ' || state || ' ' || id from outbox where state in ('READY', 'SENDING')
    union all select 'mailbox leased ' || id from mailboxes where lease_until is not null and status = 'active'
    union all select 'mailbox to be tried again ' || id from mailboxes where retry_at is not null and status = 'active'
    union all select 'watch to be tried again ' || id from mailboxes where watch_retry_at is not null and status = 'active'
    union all select 'mail in quarantine ' || gmail_id from quarantined_messages where retry_at is not null
    union all select 'mail without a vector ' || email_id from vectors_due
    union all select 'money set aside ' || id from spend_reservations
    union all select 'job ' || name || ' ' || state || ' ' || id from pgboss.job
      where state in ('created', 'retry', 'active') and name <> 'dead-letter'`.execute(db)
  return rows.map(({ what }) => what)
}

async function answer({ id, name, argument }: Request): Promise<Answer> {
  try {
    const command = commands[name] as (argument: unknown) => Promise<unknown>
    return { id, result: await command(argument) }
  } catch (error) {
    return { id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

process.on('message', (request) => void answer(request as Request).then((reply) => process.send?.(reply)))
process.on('disconnect', () => process.exit())
process.send?.({ id: 0, result: 'warm' } satisfies Answer)
