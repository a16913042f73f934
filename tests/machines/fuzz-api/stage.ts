import { sql } from 'kysely'
import type { DatabaseConfig } from '../../../server/db/engine/connection.ts'
import { nobodysIds } from '../../support/procedure-inputs.ts'
import { createPushedApp, type PushedApp } from '../../support/push.ts'
import { startSmtpServer } from '../../support/smtp-server.ts'
import { newTenant, type Tenant } from '../tenants/world.ts'
import type { Secrets } from './judge.ts'
import { type Knowledge, learn } from './knowledge.ts'

/** A line of the log of the level `error`. */
export interface LoggedError {
  readonly line: string
  readonly isOfRequest: boolean
}

export type Stage = Awaited<ReturnType<typeof openStage>>

/** The whole product behind its HTTP server, two owners of whom one calls, and a log that keeps what should not be there. */
export async function openStage(naughty: readonly string[], database?: DatabaseConfig) {
  await using stack = new AsyncDisposableStack()
  const smtp = stack.use(await startSmtpServer())
  const errors: LoggedError[] = []
  const app = stack.use(
    await createPushedApp({
      // Each request comes from a network of its own, so that no limit of a network hides what is behind it.
      environment: { TRUST_PROXY: '1', SMTP_URL: smtp.url },
      config: { log: { level: 'error', pretty: false }, ...(database && { database }) },
      log: (line) => void errors.push({ line, isOfRequest: line.includes('"requestId"') }),
    }),
  )
  const other = await newTenant(app)
  let owner = await newTenant(app)
  const tables = await tableNames(app)
  const secrets: Secrets = { canaries: other.canaries.slice(0, 3), tables, root: process.cwd() }
  const owned = stack.move()

  return {
    app,
    smtp,
    errors,
    secrets,
    url: await app.url(),
    /** Lets the limits begin anew, does the work that waits, and gives the owner what they have used up; answers what there is now. */
    async refresh(): Promise<Knowledge> {
      await app.drain()
      if (!(await hasMailbox(app, owner))) owner = await newTenant(app)
      if ((await pendingDrafts(app, owner)) < 4) await bringMail(app, owner)
      await app.db.deleteFrom('rateLimits').execute()
      return await learn(app, owner, { naughty, foreign: other.ids, nobody: nobodysIds(app.clock.now()) })
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** One word of a name may stand in any sentence. */
async function tableNames({ db }: PushedApp): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema in ('public', 'pgboss')`.execute(db)
  return rows.map(({ name }) => name).filter((name) => name.includes('_'))
}

async function hasMailbox({ db }: PushedApp, { owner, ids }: Tenant): Promise<boolean> {
  const mailbox = await db
    .selectFrom('mailboxes')
    .where('userId', '=', owner.userId)
    .where('id', '=', ids.mailboxId)
    .select('status')
    .executeTakeFirst()
  return mailbox?.status === 'active'
}

async function pendingDrafts({ db }: PushedApp, { owner }: Tenant): Promise<number> {
  const rows = await db
    .selectFrom('drafts')
    .where('userId', '=', owner.userId)
    .where('status', '=', 'pending')
    .select('id')
    .execute()
  return rows.length
}

async function bringMail(app: PushedApp, { owner, ids: { mailboxId }, newSession }: Tenant): Promise<void> {
  const { sessionId } = await newSession()
  const api = app.as({ userId: owner.userId, sessionId })
  // What an input has set may keep mail from being worked on, or have it all used up.
  await api.settings.update({ autonomy: 'ask', processOnSync: true, dailyModelBudget: 5, dailyTokenBudget: 20_000_000 })
  for (const what of ['shelves', 'chairs', 'lamps', 'tables', 'drawings', 'sofas'])
    await app.deliver(owner, { subject: `The ${what}`, text: `Could you send me the prices of the ${what}?` })
  await api.mailboxes.sync({ mailboxId })
  await app.drain()
}
