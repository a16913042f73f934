import type { JobQueue } from '../../../server/ports.ts'
import type { World } from './world.ts'

/** The queue as sending sees it: each job comes at least once, and again until it is done. */
export class QueueModel implements Pick<JobQueue, 'enqueue'> {
  private readonly world: World

  constructor(world: World) {
    this.world = world
  }

  async enqueue(_trx: unknown, name: string, payload: object, when?: { startAfter: Date }): Promise<string> {
    if (name !== 'dispatch-outbox') throw new Error(`sending enqueues no ${name}`)
    const { outboxId } = payload as { outboxId: string }
    this.put(outboxId, when?.startAfter.getTime() ?? this.world.now)
    return `${name} ${outboxId}`
  }

  /** At most one job an entry waits, for the earlier moment. */
  put(outboxId: string, dueAt: number): void {
    const { waiting } = this.world
    const same = waiting.find((job) => job.outboxId === outboxId)
    if (same && same.dueAt <= dueAt) return
    this.world.waiting = [...waiting.filter((job) => job !== same), { outboxId, dueAt }]
  }

  /** The entry of the next job, at the moment it is due; undefined when none waits. */
  takeNext(): string | undefined {
    const { world } = this
    const [next, ...others] = world.waiting.toSorted((a, b) => a.dueAt - b.dueAt)
    if (!next) return undefined
    world.waiting = others
    world.currentJob = next.outboxId
    world.now = Math.max(world.now, next.dueAt)
    return next.outboxId
  }
}
