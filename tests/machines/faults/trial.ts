import { sql } from 'kysely'
import type { AppContext } from '../../../server/context.ts'
import type { JobHandlers, JobName } from '../../../server/jobs/catalog.ts'
import { createHandlers } from '../../../server/jobs/handlers.ts'
import type { Circuits, JobQueue, Ports } from '../../../server/ports.ts'
import { appRouter } from '../../../server/router.ts'
import { createCallerFactory } from '../../../server/routers/trpc.ts'
import { createWorker } from '../../../server/jobs/worker.ts'
import { requestContext } from '../../support/app.ts'
import { Log } from './log.ts'
import { renewableCircuits } from './renewable-circuits.ts'
import { aheadOf, type Scene } from './scene.ts'

const createCaller = createCallerFactory(appRouter)
const circuitPauseMs = 30_000

/** Adapters of this trial alone; what they throw is noted. */
export type MakePorts = (ctx: AppContext, circuits: Circuits) => Partial<Ports>

/** One play of a scene, with the product's own code on adapters and circuits that nobody has used before. */
export class Trial {
  readonly scene: Scene
  readonly log: Log
  readonly circuits: Circuits
  private readonly ctx: AppContext
  private readonly handlers: JobHandlers
  private readonly renewCircuits: () => void

  constructor(scene: Scene, makePorts: MakePorts, config: Partial<AppContext['config']> = {}) {
    const { ctx } = scene.app
    const { circuits, renew } = renewableCircuits()
    this.scene = scene
    this.circuits = circuits
    this.renewCircuits = renew
    this.log = new Log(scene)
    const watched = Object.entries(makePorts(ctx, circuits)).map(([name, port]) => [
      name,
      port && this.log.watchPort(port),
    ])
    const ports = Object.fromEntries(watched) as Partial<Ports>
    this.ctx = { ...ctx, ...ports, circuits, jobs: inTrueTime(ctx), config: { ...ctx.config, ...config } }
    this.handlers = this.log.watchJobs(createHandlers(this.ctx))
  }

  /** The product as its owner has it. */
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
    await this.ctx.jobs.drain(createWorker(this.ctx, this.handlers))
  }

  /** Time passes for the product, its queue, its circuits, and the pauses that Gmail asked for. */
  async pass(ms: number): Promise<void> {
    if (ms <= 0) return
    this.scene.app.clock.advance(ms)
    const interval = sql`make_interval(secs => ${ms / 1_000}::float8)`
    await sql`
      with jobs as (
        update pgboss.job set start_after = start_after - ${interval} where state in ('created', 'retry')
      )
      update quota_buckets set reserved_until = reserved_until - ${interval}`.execute(this.ctx.db)
    if (ms >= circuitPauseMs) this.renewCircuits()
  }

  /** What the clock's minute would do: everything due or left behind is found and run. */
  async sweep(): Promise<void> {
    await this.enqueue('sweep-due')
    await this.work()
  }
}

/** The queue keeps the database's time, which no trial moves. */
function inTrueTime({ jobs, clock }: AppContext): JobQueue {
  const inQueueTime = (at: Date) => new Date(at.getTime() - aheadOf(clock))
  return {
    ...jobs,
    enqueue: (trx, name, payload, when) =>
      jobs.enqueue(trx, name, payload, {
        ...when,
        ...(when?.startAfter && { startAfter: inQueueTime(when.startAfter) }),
      }),
  }
}
