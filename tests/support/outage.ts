import { sql } from 'kysely'
import type { Health } from '../../server/services/health/health.ts'
import { createTestApp, testEnvironment, type TestApp } from './app.ts'
import { type Inbox, openInbox } from './connected-inbox.ts'
import { startProxy } from './database-proxy.ts'
import { startModelServer } from './model-server.ts'
import { goodGemini } from './good-gemini.ts'
import { newServerDatabase, startServer } from './server-process.ts'

const geminiModel = {
  provider: 'gemini',
  apiKey: 'key',
  model: 'gemini',
  classifyModel: 'gemini',
  embeddingModel: 'embedding',
} as const

type HealthPage = Pick<Health, 'status' | 'checks'> & { http: number }

/** A server of its own process at work, with a wire to its database, and an application beside it that looks on. */
export async function startAtWork(environment: Readonly<Record<string, string>> = {}) {
  await using stack = new AsyncDisposableStack()
  const { url: databaseUrl } = stack.use(await newServerDatabase())
  const url = databaseUrl ?? ''
  const proxy = stack.use(await startProxy(new URL(url)))
  const gemini = stack.use(await startModelServer(goodGemini))
  const database = { kind: 'native', url, maxConnections: 4 } as const
  const model = { ...geminiModel, baseUrl: gemini.baseUrl }
  const app = stack.use(await createTestApp({ config: { database, model, roles: ['api'] } }))
  const inbox = await openInbox(app)
  const server = stack.use(
    await startServer({
      ...testEnvironment(app.google),
      LOG_LEVEL: 'info',
      DATABASE_URL: proxy.url,
      MODEL_PROVIDER: 'gemini',
      GEMINI_API_KEY: 'key',
      GEMINI_BASE_URL: gemini.baseUrl,
      ...environment,
    }),
  )
  const owned = stack.move()
  return {
    app,
    inbox,
    server,
    proxy,
    gemini,
    /** The status and body of `/health`. */
    async health(): Promise<HealthPage> {
      const response = await fetch(`${server.url}/health`)
      return { http: response.status, ...((await response.json()) as Omit<HealthPage, 'http'>) }
    },
    /** Mails arrive, and the mailbox is asked to be read. */
    async receive(count: number): Promise<void> {
      for (let index = 0; index < count; index++) {
        await app.deliver(inbox.owner, { subject: `Question ${index}`, from: `Ada <ada.${index}@engine.example>` })
      }
      await inbox.api.mailboxes.sync({ mailboxId: inbox.mailboxId })
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** What became of the mails, in the owner's eyes and in the queue's. */
export async function outcomes(app: TestApp, inbox: Inbox) {
  const mails = await inbox.emails()
  return {
    drafted: mails.filter(({ status, draft }) => status === 'needs_review' && draft?.status === 'pending').length,
    drafts: (await inbox.api.drafts.list({ limit: 100 })).items.length,
    told: [...new Set(await inbox.notifications())],
    deadLetters: (await app.ctx.jobs.deadLetters(10)).map(({ job, reason }) => `${job}: ${reason}`),
  }
}

/** Drawn out pauses of failed jobs and mailboxes are over. */
export async function haste({ db }: TestApp): Promise<void> {
  await sql`update pgboss.job set start_after = now() where state in ('created', 'retry')`.execute(db)
  await sql`update mailboxes set retry_at = now() where retry_at is not null`.execute(db)
}

/** What a restart of the database does to everybody's connections. */
export async function cutAllConnections({ db }: TestApp): Promise<void> {
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(db)
}
