import { sql } from 'kysely'
import { createGoogleAuth } from '../../../../server/adapters/google/auth.ts'
import { createGmail } from '../../../../server/adapters/google/gmail.ts'
import { createPgGoogleTokens } from '../../../../server/adapters/pg-google-tokens.ts'
import { createPgQuota } from '../../../../server/adapters/pg-quota.ts'
import type { AppContext } from '../../../../server/context.ts'
import type { JobHandlers, JobName } from '../../../../server/jobs/catalog.ts'
import { createHandlers } from '../../../../server/jobs/handlers.ts'
import type { Circuits, JobQueue } from '../../../../server/ports.ts'
import { appRouter } from '../../../../server/router.ts'
import { createCallerFactory } from '../../../../server/routers/trpc.ts'
import { requestContext } from '../../../support/app.ts'
import { Log } from './log.ts'
import { renewableCircuits } from './renewable-circuits.ts'
import { aheadOf, type Scene } from './scene.ts'

export type GmailPorts = Pick<AppContext, 'mailbox' | 'mailSender' | 'mailboxWatch'>

export interface TrialOptions {
  /** What one request may take. */
  readonly deadlineMs: number
  /** Puts something broken in place of the product's own, to see that it is noticed. */
  readonly spoil?: ((ports: GmailPorts) => GmailPorts) | undefined
}

const createCaller = createCallerFactory(appRouter)
const circuitPauseMs = 30_000

/** One play of a scene, with the product's own code on adapters and circuits that nobody has used before. */
export class Trial {
  readonly scene: Scene
  readonly log: Log
  private readonly ctx: AppContext
  private readonly handlers: JobHandlers
  private readonly renewCircuits: () => void

  constructor(scene: Scene, { deadlineMs, spoil = (ports) => ports }: TrialOptions) {
    const { ctx } = scene.app
    const { circuits, renew } = renewableCircuits()
    this.scene = scene
    this.log = new Log(scene.app, scene.owner)
    const config = { ...ctx.config, ...scene.workflow.config }
    const ports = spoil(gmailPorts(ctx, circuits, deadlineMs))
    this.ctx = { ...ctx, config, circuits, jobs: inTrueTime(ctx), ...this.watchPorts(ports) }
    this.handlers = this.log.watchJobs(createHandlers(this.ctx))
    this.renewCircuits = renew
  }

  get api() {
    return createCaller(requestContext(this.ctx, this.scene.owner))
  }

  async enqueue(name: JobName): Promise<void> {
    const { owner, mailboxId } = this.scene
    const payload = name === 'sweep-due' ? {} : { userId: owner.userId, mailboxId }
    await this.ctx.db.transaction().execute((trx) => this.ctx.jobs.enqueue(trx, name, payload as never))
  }

  /** Runs what is due now. */
  async work(): Promise<void> {
    await this.ctx.jobs.drain(this.handlers)
  }

  /** Time passes for the product, its queue, and the pauses that Gmail asked for. */
  async pass(ms: number): Promise<void> {
    if (ms <= 0) return
    this.scene.app.clock.advance(ms)
    const interval = sql`make_interval(secs => ${ms / 1_000}::float8)`
    await sql`update pgboss.job set start_after = start_after - ${interval} where state in ('created', 'retry')`.execute(
      this.ctx.db,
    )
    await sql`update quota_buckets set reserved_until = reserved_until - ${interval}`.execute(this.ctx.db)
    if (ms >= circuitPauseMs) this.renewCircuits()
  }

  private watchPorts({ mailbox, mailSender, mailboxWatch }: GmailPorts): GmailPorts {
    return {
      mailbox: this.log.watchPort(mailbox),
      mailSender: this.log.watchPort(mailSender),
      mailboxWatch: this.log.watchPort(mailboxWatch),
    }
  }
}

/** The queue keeps the database's time, which no trial moves. */
function inTrueTime({ jobs, clock }: AppContext): JobQueue {
  const inQueueTime = (at: Date) => new Date(at.getTime() - aheadOf(clock))
  return {
    ...jobs,
    enqueue: (trx, name, payload, when) =>
      jobs.enqueue(trx, name, payload, when && { startAfter: inQueueTime(when.startAfter) }),
  }
}

/** Waits that Google asks for are left to the jobs, whose time is in our hands. */
function gmailPorts({ config, db, logger, sealer, clock }: AppContext, circuits: Circuits, deadlineMs: number): GmailPorts {
  if (!config.google) throw new Error('the trial needs a Google')
  const googleAuth = createGoogleAuth(config.google, { deadlineMs, circuit: circuits['google-oauth'] })
  const tokens = createPgGoogleTokens({ db, sealer, googleAuth, clock, logger })
  return createGmail(config.google, tokens, {
    deadlineMs,
    backoffMs: 1,
    longestWaitMs: 0,
    quota: createPgQuota({ db, logger }, config.gmailUnitsPerMinute),
    circuit: circuits.gmail,
  })
}
