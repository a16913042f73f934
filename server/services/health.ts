import { setTimeout } from 'node:timers/promises'
import { sql } from 'kysely'
import packageJson from '../../package.json' with { type: 'json' }
import type { AppContext } from '../context.ts'
import { pendingMigrations } from '../db/migrate.ts'
import { messageOf } from '../errors.ts'
import { step } from '../step.ts'
import { lapsingWatches } from './gmail-watch.ts'
import { unlessLeftAlone } from './health-circuits.ts'

/** `degraded`: it serves, with less than it should. `off`: not configured on purpose, nothing is wrong. */
export interface Check {
  readonly status: 'ok' | 'degraded' | 'down' | 'off'
  readonly detail?: string
}

export interface Health {
  readonly status: 'ok' | 'degraded' | 'down'
  readonly version: string
  readonly checks: Record<'database' | 'migrations' | 'queue' | 'gemini' | 'gmail', Check>
}

const limitMs = 1_000

/** What works right now. Asks the database and the queue, nobody outside; never throws, never takes over 2 s. */
export async function checkHealth(ctx: AppContext): Promise<Health> {
  const database = await check(() => sql`select 1`.execute(ctx.db))
  const isReachable = database.status === 'ok'
  const { circuits, config } = ctx
  const { google, model } = config
  const [migrations, queue, watches] = isReachable
    ? await Promise.all([
        check(() => assertMigrated(ctx)),
        check(() => step('check-queue', () => ctx.jobs.check())),
        checkWatches(ctx),
      ])
    : [unknown, unknown, configured()]
  const checks = {
    database,
    migrations,
    queue,
    gemini:
      model.provider === 'gemini'
        ? unlessLeftAlone(configured(model.model), circuits, 'gemini')
        : off('the offline model answers'),
    gmail: google ? unlessLeftAlone(watches, circuits, 'gmail', 'google-oauth') : off('GMAIL_CLIENT_ID is not set'),
  }
  return { status: overall(ctx, checks), version: packageJson.version, checks }
}

function overall(ctx: AppContext, { database, migrations, ...rest }: Health['checks']): Health['status'] {
  if (ctx.stopping.aborted || database.status !== 'ok' || migrations.status !== 'ok') return 'down'
  return Object.values(rest).every(({ status }) => status === 'ok' || status === 'off') ? 'ok' : 'degraded'
}

/** Push is only the faster way, so a lapse degrades and stops nothing. */
async function checkWatches(ctx: AppContext): Promise<Check> {
  let lapsing = 0
  const { status } = await check(async () => {
    lapsing = await lapsingWatches(ctx)
  })
  if (status !== 'ok') return { status: 'degraded', detail: 'nobody can tell how long push will last; polling goes on' }
  const mailboxes = lapsing === 1 ? '1 mailbox' : `${lapsing} mailboxes`
  return lapsing === 0
    ? configured()
    : { status: 'degraded', detail: `push has ended or ends within 48 hours for ${mailboxes}; polling goes on` }
}

async function check(question: () => Promise<unknown>): Promise<Check> {
  const stop = new AbortController()
  const tooLong = setTimeout(limitMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`no answer within ${limitMs} ms`)
  })
  try {
    await Promise.race([question(), tooLong])
    return { status: 'ok' }
  } catch (error) {
    return { status: 'down', detail: detailOf(error) }
  } finally {
    stop.abort()
    tooLong.catch(() => {})
  }
}

async function assertMigrated(ctx: AppContext): Promise<void> {
  const pending = await pendingMigrations(ctx.db)
  if (pending.length > 0) throw new Error(`not run yet: ${pending.join(', ')}`)
}

/** The page is open to anybody: our own sentences may appear there, a driver's may name hosts and users. */
function detailOf(error: unknown): string {
  const message = messageOf(error)
  return /^(no answer within|not run yet)/.test(message) ? message : 'cannot be reached'
}

const unknown: Check = { status: 'down', detail: 'the database cannot be reached' }

function configured(detail?: string): Check {
  return detail === undefined ? { status: 'ok' } : { status: 'ok', detail }
}

function off(detail: string): Check {
  return { status: 'off', detail }
}
