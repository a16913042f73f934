import packageJson from '../../../package.json' with { type: 'json' }
import type { AppContext } from '../../context.ts'
import { pendingMigrations } from '../../db/engine/migrate.ts'
import { ping } from '../../db/system/health.ts'
import { ask, type Check, off, ok, firstNotOk } from './check.ts'
import { allPauses, checkAsked, ownPauses, type Pause } from './circuits.ts'
import { checkMailboxes, checkQueue, checkWatches } from './work.ts'

export interface Health {
  readonly status: 'ok' | 'degraded' | 'down'
  readonly version: string
  /** `openai` is there where such a server is the model. */
  readonly checks: Record<'database' | 'migrations' | 'queue' | 'gemini' | 'gmail', Check> & { readonly openai?: Check }
}

/** What works right now. Asks the database and the queue, nobody outside; never throws, never takes over 2 s. */
export async function checkHealth(ctx: AppContext, patienceMs = 30_000): Promise<Health> {
  const database = await checkDatabase(ctx, patienceMs)
  const rest = database.status === 'ok' ? await checkRest(ctx) : withoutDatabase(ctx, database)
  const checks = { database, ...rest }
  return { status: overall(ctx, checks), version: packageJson.version, checks }
}

const lateSince = new WeakMap<AppContext, number>()

/** A busy database answers late, and a restart would make it busier; one that stays silent is down. */
async function checkDatabase(ctx: AppContext, patienceMs: number): Promise<Check> {
  const askedAt = performance.now()
  const { check } = await ask(() => ping(ctx.db))
  if (check.status !== 'degraded') {
    lateSince.delete(ctx)
    return check
  }
  const since = lateSince.get(ctx) ?? askedAt
  lateSince.set(ctx, since)
  return askedAt - since > patienceMs ? { ...check, status: 'down' } : check
}

type Rest = Omit<Health['checks'], 'database'>

async function checkRest(ctx: AppContext): Promise<Rest> {
  const [migrations, queue, pauses, mailboxes, watches] = await Promise.all([
    ask(() => assertMigrated(ctx)),
    checkQueue(ctx),
    allPauses(ctx),
    checkMailboxes(ctx),
    checkWatches(ctx),
  ])
  return { migrations: migrations.check, queue, ...outside(ctx, pauses, mailboxes, watches) }
}

function withoutDatabase(ctx: AppContext, { status }: Check): Rest {
  const unknown: Check = { status, detail: 'the database cannot be asked' }
  return { migrations: unknown, queue: unknown, ...outside(ctx, ownPauses(ctx)) }
}

function outside({ config }: AppContext, pauses: readonly Pause[], ...ofMailboxes: readonly Check[]) {
  const { google, model } = config
  return {
    ...ofModel(model, pauses),
    gmail: google
      ? firstNotOk(checkAsked(pauses, 'gmail', 'google-oauth'), ...ofMailboxes)
      : off('GMAIL_CLIENT_ID is not set'),
  }
}

function ofModel(model: AppContext['config']['model'], pauses: readonly Pause[]): Pick<Rest, 'gemini' | 'openai'> {
  switch (model.provider) {
    case 'gemini':
      return { gemini: firstNotOk(ok(model.model), checkAsked(pauses, 'gemini')) }
    case 'openai':
      return {
        gemini: off('MODEL_PROVIDER=openai'),
        openai: firstNotOk(ok(model.model), checkAsked(pauses, 'openai')),
      }
    case 'offline':
      return { gemini: off('the offline model answers') }
  }
}

function overall(ctx: AppContext, { database, migrations, ...rest }: Health['checks']): Health['status'] {
  if (ctx.stopping.aborted || database.status === 'down' || migrations.status === 'down') return 'down'
  return [database, migrations, ...Object.values(rest)].every(({ status }) => status === 'ok' || status === 'off')
    ? 'ok'
    : 'degraded'
}

async function assertMigrated(ctx: AppContext): Promise<void> {
  const pending = await pendingMigrations(ctx.db)
  if (pending.length > 0) throw new Error(`not run yet: ${pending.join(', ')}`)
}
