import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { startSandbox, type SandboxGoogle } from '../../google-sandbox/sandbox.ts'
import { createMimeCodec } from '../../server/adapters/mime/codec.ts'
import { bootstrap } from '../../server/bootstrap.ts'
import { type Config, parseConfig } from '../../server/config.ts'
import { insertUser } from '../../server/db/accounts/users.ts'
import type { AppContext, Caller, RequestContext, SessionCaller } from '../../server/context.ts'
import { type HttpServer, startHttpServer } from '../../server/http/server.ts'
import { createHandlers } from '../../server/jobs/handlers.ts'
import type { Ports } from '../../server/ports.ts'
import { appRouter } from '../../server/router.ts'
import { createCallerFactory } from '../../server/routers/trpc.ts'
import { signAccessToken } from '../../server/security/access-token.ts'
import { hashPassword } from '../../server/security/password.ts'
import { completeConsent } from '../../server/services/google-consent.ts'
import { startSession } from '../../server/services/refresh-tokens.ts'
import { createWorker } from '../../server/jobs/worker.ts'
import { rawMail, type MailToWrite } from './mail.ts'
import { TestClock } from './test-clock.ts'
import { borrowDatabase } from './test-database.ts'

const createCaller = createCallerFactory(appRouter)
/** One for all applications of a process: its threads take their time to start, and on a busy machine to read. */
const mime = createMimeCodec({ deadlineMs: 60_000 })

/** To hash takes long on purpose. */
let passwordHash: Promise<string> | undefined

/** A registered owner, as a test knows them. */
export interface TestOwner extends SessionCaller {
  readonly email: string
  readonly accessToken: string
  readonly refreshToken: string
}

export type TestApp = Awaited<ReturnType<typeof createTestApp>>

/** The whole product on a database of its own, with a sandbox Google; ports may be put in place of the real ones. */
export async function createTestApp(
  options: {
    ports?: Partial<Ports>
    /** What its process is told besides, where a test is about that. */
    environment?: Record<string, string>
    config?: Partial<Config>
    google?: SandboxGoogle
    /** Gets every line that is logged, as far as `config.log` lets it through. */
    log?: (line: string) => void
  } = {},
) {
  await using stack = new AsyncDisposableStack()
  const google = options.google ?? stack.use(await startSandbox())
  const database = options.config?.database ? undefined : stack.use(await borrowDatabase())
  const clock = new TestClock()
  const told = parseConfig({ ...testEnvironment(google), ...options.environment })
  const config = { ...told, ...(database && { database: database.config }), ...options.config }
  const app = stack.use(
    await bootstrap(config, {
      clock,
      mime,
      googleBackoffMs: 5,
      ...(options.log && { logTo: { write: options.log } }),
      ...(database && { database }),
      ...options.ports,
    }),
  )
  const { ctx } = app
  const handlers = createHandlers(ctx)
  const owned = stack.move()
  let server: HttpServer | undefined

  const as = (caller: Caller | null) => createCaller(requestContext(ctx, caller))

  /** Through the real code flow. */
  async function consent(owner: TestOwner, address: string, scopes?: string[]): Promise<{ mailboxId: string }> {
    const { url } = await as(owner).mailboxes.authorizeUrl({ purpose: 'connect' })
    const callback = await google.consent(url, { email: address, ...(scopes ? { scopes } : {}) })
    const answer = Object.fromEntries(callback.searchParams)
    const page = new URL(await completeConsent(requestContext(ctx, null), answer))
    const mailboxId = page.searchParams.get('connected')
    if (!mailboxId) throw new Error(`not connected: ${page.searchParams.get('error')}`)
    return { mailboxId }
  }

  return {
    ctx,
    db: ctx.db,
    google,
    clock,
    handlers,
    as,
    beginStop: () => app.beginStop(),
    /** From now on nobody reaches the database it borrowed. */
    closeDatabase: () => database?.pglite?.close() ?? ctx.db.destroy(),
    /** Its HTTP server, started at the first call. */
    async url(): Promise<string> {
      server ??= owned.use(await startHttpServer(ctx, { port: 0, host: '127.0.0.1' }))
      return server.url
    },
    /** As after a registration, whose own tests go through the API: but its password is hashed once for all owners. */
    async newOwner(name = 'owner'): Promise<TestOwner> {
      const email = `${name}.${randomBytes(5).toString('hex')}@studio.example`
      passwordHash ??= hashPassword('correct horse battery')
      const user = { id: randomUUID(), email, passwordHash: await passwordHash }
      const session = await ctx.db.transaction().execute(async (trx) => {
        await insertUser(trx, user)
        return startSession(trx, user.id, clock.now())
      })
      return { ...session, email, accessToken: signAccessToken(config.jwt, session, clock.now()) }
    },
    /** The owner's address becomes a sandbox mailbox, and they consent to its use. */
    async connect(owner: TestOwner, address = owner.email, scopes?: string[]): Promise<{ mailboxId: string }> {
      await google.addAccount({ email: address, name: 'Mara Lindqvist' })
      return consent(owner, address, scopes)
    },
    /** They consent once more. */
    reconnect: (owner: TestOwner) => consent(owner, owner.email),
    /** A mail arrives in the owner's mailbox, or (`direction: 'out'`) was written by the owner. */
    deliver(owner: TestOwner, mail: MailToWrite = {}): Promise<{ id: string; threadId: string }> {
      const isOwn = mail.direction === 'out'
      const labels = mail.labels ?? (isOwn ? ['SENT'] : ['INBOX', 'UNREAD'])
      return google.deliver(owner.email, rawMail(owner.email, mail), { labels, receivedAt: mail.at ?? clock.now() })
    },
    /** Runs everything that is due, and what follows from it. */
    drain: () => ctx.jobs.drain(createWorker(ctx, handlers)),
    /** Runs delayed jobs too: retries that wait, sends whose window has passed on the test's clock, Gmail's pauses. */
    async drainDelayed(using = handlers): Promise<number> {
      await ctx.db.deleteFrom('quotaBuckets').execute()
      await sql`update pgboss.job set start_after = now() where state in ('created', 'retry')`.execute(ctx.db)
      return ctx.jobs.drain(createWorker(ctx, using))
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

const browserSecret = 'the-browser-of-this-test-0123456789abcdef'

/** One network address a call, so that limits a network has do not meet tests that are not about them. */
export function requestContext(ctx: AppContext, caller: Caller | null): RequestContext {
  return {
    ...ctx,
    requestId: 'test',
    clientAddress: `10.${randomInt(256)}.${randomInt(256)}.1`,
    userAgent: 'a test',
    caller,
    findCaller: () => Promise.resolve(caller),
    refreshCookie: { read: () => undefined, write: () => undefined, clear: () => undefined },
    browserCookie: { ensure: () => browserSecret, read: () => browserSecret },
    deviceCookie: { read: () => undefined, write: () => undefined },
  }
}

type SandboxAddress = Pick<SandboxGoogle, 'url' | 'clientId' | 'clientSecret'>

/** All that a server of the tests is told beside its database. */
export function testEnvironment(google: SandboxAddress): Record<string, string> {
  return {
    APP_ENV: 'test',
    LOG_LEVEL: 'silent',
    JWT_SECRET_KEY: 'a secret of the tests, long enough to be one',
    ENCRYPTION_KEY: Buffer.from('a key of the tests: 32 bytes now').toString('base64'),
    MODEL_PROVIDER: 'offline',
    GMAIL_CLIENT_ID: google.clientId,
    GMAIL_CLIENT_SECRET: google.clientSecret,
    // The sandbox is not Google: no test waits for its quota unless it is about that.
    GMAIL_QUOTA_UNITS_PER_MINUTE: '6000000',
    GMAIL_REDIRECT_URI: 'http://127.0.0.1:8000/api/v1/auth/gmail/callback',
    GOOGLE_API_BASE_URL: google.url,
    GOOGLE_OAUTH_BASE_URL: google.url,
  }
}
