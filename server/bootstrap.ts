import type { DestinationStream } from 'pino'
import { createDatabaseCrm } from './adapters/crm-database.ts'
import { createPgBudget } from './adapters/pg-budget.ts'
import { createPgCircuits } from './adapters/pg-circuits.ts'
import { startPgClock } from './adapters/pg-clock.ts'
import { createGemini } from './adapters/gemini/gemini.ts'
import { createGmail } from './adapters/google/gmail.ts'
import { createGoogleAuth } from './adapters/google/auth.ts'
import { createGoogleCalendar } from './adapters/google/calendar.ts'
import { createPushVerifier } from './adapters/google/push-verifier.ts'
import { createHubspot } from './adapters/hubspot.ts'
import { createLogMailer, createSmtpMailer } from './adapters/mailer.ts'
import { createMimeCodec } from './adapters/mime/codec.ts'
import { createOfflineModel } from './adapters/offline-model/model.ts'
import { startPgBoss } from './adapters/pg-boss/queue.ts'
import { createOpenAi } from './adapters/openai/openai.ts'
import { createPgGoogleTokens } from './adapters/pg-google-tokens.ts'
import { createPgHubspotKeys } from './adapters/pg-hubspot-keys.ts'
import { createPgNotificationFeed } from './adapters/pg-notification-feed.ts'
import { createPgQuota } from './adapters/pg-quota.ts'
import type { Config } from './config.ts'
import type { AppContext } from './context.ts'
import { type Database, openDatabase } from './db/engine/connection.ts'
import { migrateToLatest } from './db/engine/migrate.ts'
import { UpstreamError } from './errors.ts'
import { createLogger } from './logger.ts'
import type { AccessTokens, Circuits, Ports } from './ports.ts'
import { createSealer } from './security/encryption.ts'
import { traceWith } from './tracing.ts'

/** A running application: everything it holds is given back in the reverse order of its birth. */
export interface App extends AsyncDisposable {
  readonly ctx: AppContext
  /** The first thing a stopping process does: /health says so, waiting work ends. */
  beginStop(): void
}

interface Overrides {
  readonly database?: Database
  /** Where the log goes instead of standard output. */
  readonly logTo?: DestinationStream
  /** The first of the growing pauses between the tries of a call; the adapters know what is right for Google itself. */
  readonly googleBackoffMs?: number
}

/**
 * The composition root. `overrides` put a test's own ports, or a database that is open already and stays so, in place
 * of the real ones; there is no second wiring.
 */
export async function bootstrap(
  config: Config,
  { database: open, googleBackoffMs, logTo, ...overrides }: Partial<Ports> & Overrides = {},
): Promise<App> {
  await using stack = new AsyncDisposableStack()
  const logger = createLogger(config.log, logTo)
  for (const warning of config.warnings) logger.warn(warning)
  const stopping = new AbortController()
  if (config.tracing) {
    // Loaded only where it is wanted, and given back after all that it watches.
    const { startTracing } = await import('./adapters/otel.ts')
    stack.defer(() => traceWith(undefined))
    traceWith(stack.use(startTracing(config.tracing, logger)))
  }

  const onBroken = (error: Error) => logger.warn({ err: error }, 'a database connection broke')
  const database = open ?? stack.use(await openDatabase(config.database, onBroken))
  const { db } = database
  const migrations = await migrateToLatest(db, database.openPatient)
  if (migrations.length > 0) logger.info({ migrations }, 'database migrated')

  const clock = overrides.clock ?? stack.use(await startPgClock(db, logger))
  const sealer = overrides.sealer ?? createSealer(config.encryptionKeys)
  const mime = overrides.mime ?? stack.use(createMimeCodec())
  const circuits = overrides.circuits ?? stack.use(createPgCircuits({ db, logger }))
  // Last of the resources, so that running jobs end before anything they use is gone.
  const jobs = overrides.jobs ?? stack.use(await startQueue(config, database, { logger, stopping: stopping.signal }))
  const googleAuth =
    overrides.googleAuth ??
    (config.google ? createGoogleAuth(config.google, { circuit: circuits['google-oauth'] }) : null)
  const tokens = googleAuth ? createPgGoogleTokens({ db, sealer, googleAuth, clock, logger }) : noTokens
  const timing = googleBackoffMs === undefined ? {} : { backoffMs: googleBackoffMs }
  const ctx: AppContext = {
    config,
    db,
    logger,
    stopping: stopping.signal,
    ...createGmail(config.google ?? { apiBaseUrl: null }, tokens, {
      quota: createPgQuota({ db, logger }, config.gmailUnitsPerMinute),
      circuit: circuits.gmail,
      ...timing,
    }),
    pushVerifier: config.google && config.push ? createPushVerifier(config.google, config.push) : null,
    calendar: createGoogleCalendar(config.google ?? { apiBaseUrl: null }, tokens, {
      circuit: circuits.calendar,
      ...timing,
    }),
    mailer: config.smtp
      ? createSmtpMailer(config.smtp)
      : createLogMailer(logger, { isShown: config.env !== 'production' }),
    ...createModel(config, circuits),
    budget: createPgBudget({ db, clock, logger }, config.modelBudgetPerDay),
    crm: createDatabaseCrm(db),
    hubspot: createHubspot({
      baseUrl: config.crm.baseUrl,
      keys: createPgHubspotKeys({ db, sealer, serverKey: config.crm.apiKey }),
      circuit: circuits.hubspot,
    }),
    notificationFeed: createPgNotificationFeed({ db, logger, stopping: stopping.signal }),
    ...overrides,
    clock,
    sealer,
    jobs,
    mime,
    googleAuth,
    circuits,
  }
  const owned = stack.move()
  return {
    ctx,
    beginStop: () => stopping.abort(new Error('the process is stopping')),
    async [Symbol.asyncDispose]() {
      stopping.abort(new Error('the process is stopping'))
      await owned.disposeAsync()
    },
  }
}

function startQueue(config: Config, { db, pglite }: Database, env: Pick<AppContext, 'logger' | 'stopping'>) {
  const canWork = config.roles.includes('worker')
  if (config.database.kind === 'native') return startPgBoss(config.database, { ...env, db, canWork })
  if (!pglite) throw new Error('the embedded database is not open')
  return startPgBoss({ pglite }, { ...env, db, canWork })
}

function createModel(config: Config, circuits: Circuits) {
  switch (config.model.provider) {
    case 'gemini':
      return createGemini(config.model, { circuit: circuits.gemini })
    case 'openai': {
      const { model, embedder } = createOpenAi(config.model, { circuit: circuits.openai })
      // By the spelling of words is better than not at all, and nothing leaves this process for it.
      return { model, embedder: embedder ?? createOfflineModel().embedder }
    }
    case 'offline':
      return createOfflineModel()
  }
}

/** A mailbox from the time before the Gmail client was taken out of the configuration. */
const noTokens: AccessTokens = {
  get: () =>
    Promise.reject(new UpstreamError('google-oauth', 'unavailable', 'this server has no Gmail client configured')),
}
