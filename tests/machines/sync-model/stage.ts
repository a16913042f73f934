import { type KyselyPlugin, sql } from 'kysely'
import { createGmail } from '../../../server/adapters/google/gmail.ts'
import { createPgGoogleTokens } from '../../../server/adapters/pg-google-tokens.ts'
import { createPgQuota } from '../../../server/adapters/pg-quota.ts'
import type { AppContext } from '../../../server/context.ts'
import type { DatabaseConfig } from '../../../server/db/engine/connection.ts'
import type { JobHandlers } from '../../../server/jobs/catalog.ts'
import { createHandlers } from '../../../server/jobs/handlers.ts'
import type { Circuit } from '../../../server/ports.ts'
import { createTestApp, type TestApp, type TestOwner } from '../../support/app.ts'

/** One owner with one mailbox, put back to the moment after the connect for every world. */
export interface Stage extends AsyncDisposable {
  readonly app: TestApp
  /** The product's own, with a Gmail client that repeats and gives up sooner. */
  readonly ctx: AppContext
  readonly handlers: JobHandlers
  readonly owner: TestOwner
  readonly mailboxId: string
  /** Of a label the owner has made. */
  readonly ownLabel: string
  /** Time passes for the product, and for the pauses that Gmail asked for. */
  pass(ms: number): Promise<void>
  reset(): Promise<void>
}

/** On a database of its own: this one, or that of a test file. */
export async function openStage(database?: DatabaseConfig): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const app = stack.use(await createTestApp({ ports: { circuits }, config: database ? { database } : {} }))
  const ctx = { ...app.ctx, ...quickGmail(app.ctx) }
  const owner = await app.newOwner()
  const { mailboxId } = await app.connect(owner)
  const ownLabel = await app.google.byHand(owner.email).createLabel('Drawings')
  const restoreGoogle = app.google.checkpoint()
  const restoreRows = await rememberRows(app, owner.userId)
  let aheadMs = 0
  const owned = stack.move()
  return {
    app,
    ctx,
    handlers: createHandlers(ctx),
    owner,
    mailboxId,
    ownLabel,
    async pass(ms) {
      aheadMs += ms
      app.clock.advance(ms)
      const seconds = sql`make_interval(secs => ${ms / 1_000}::float8)`
      await sql`update quota_buckets set reserved_until = reserved_until - ${seconds}`.execute(app.db)
    },
    async reset() {
      app.clock.advance(-aheadMs)
      aheadMs = 0
      restoreGoogle()
      await restoreRows()
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The same stage with a product that has lost what the plugin takes out of its queries. */
export function weakened(stage: Stage, plugin: KyselyPlugin): Stage {
  const ctx = { ...stage.ctx, db: stage.ctx.db.withPlugin(plugin) }
  return { ...stage, ctx, handlers: createHandlers(ctx) }
}

/** A circuit leaves Gmail alone for half a minute of true time, which no world has; it has tests of its own. */
const neverOpen: Circuit = { run: (call) => call(), pause: null }
const circuits = {
  gmail: neverOpen,
  calendar: neverOpen,
  'google-oauth': neverOpen,
  gemini: neverOpen,
  openai: neverOpen,
  hubspot: neverOpen,
}

function quickGmail({ config, db, logger, sealer, googleAuth, clock }: AppContext) {
  if (!config.google || !googleAuth) throw new Error('a stage needs a Google')
  const tokens = createPgGoogleTokens({ db, sealer, googleAuth, clock, logger })
  const quota = createPgQuota({ db, logger }, config.gmailUnitsPerMinute)
  return createGmail(config.google, tokens, { deadlineMs: 500, backoffMs: 1, quota, circuit: neverOpen })
}

/** What it answers puts the owner's mailbox back to how it is now, and takes everything away that came after. */
async function rememberRows({ db }: TestApp, userId: string): Promise<() => Promise<void>> {
  const mailbox = await db.selectFrom('mailboxes').where('userId', '=', userId).selectAll().executeTakeFirstOrThrow()
  const identity = await db
    .selectFrom('googleIdentities')
    .where('userId', '=', userId)
    .selectAll()
    .executeTakeFirstOrThrow()
  return () =>
    db.transaction().execute(async (trx) => {
      for (const table of ['mailboxes', 'contacts', 'notifications'] as const) {
        await trx.deleteFrom(table).where('userId', '=', userId).execute()
      }
      await trx.deleteFrom('quotaBuckets').execute()
      await sql`delete from pgboss.job`.execute(trx)
      await trx.insertInto('mailboxes').values(mailbox).execute()
      await trx.insertInto('googleIdentities').values(identity).execute()
    })
}
