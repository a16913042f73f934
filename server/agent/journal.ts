import type { Transaction } from 'kysely'
import type { AppContext } from '../context.ts'
import type { DB } from '../db/engine/schema.ts'
import { recordSteps, type StepRecord } from '../db/runs/steps.ts'
import { leaseUntil } from '../lease.ts'
import { step } from '../step.ts'
import type { Run } from './state.ts'

/**
 * What the steps of a run did. A step that asked nobody outside costs nothing when it is done again after a crash: it
 * waits here and is written with the next one that did, or with the end of the run.
 */
export class Journal {
  private readonly ctx: AppContext
  private readonly run: Run
  private waiting: readonly StepRecord[] = []

  constructor(ctx: AppContext, run: Run) {
    this.ctx = ctx
    this.run = run
  }

  add(made: StepRecord): void {
    this.waiting = [...this.waiting, made]
  }

  async write(): Promise<void> {
    const steps = this.waiting
    const last = steps.at(-1)
    if (!last) return
    // Whether a write that failed was one, nobody knows: nothing is written twice.
    this.waiting = []
    const { userId } = this.run.input
    await step(`record-${last.name}`, () =>
      recordSteps(this.ctx.db, userId, this.claimed(), { steps, leaseUntil: leaseUntil(this.ctx.clock) }),
    )
  }

  /** What still waits, in the transaction that ends the run. */
  async writeIn(trx: Transaction<DB>): Promise<void> {
    if (this.waiting.length === 0) return
    const steps = this.waiting
    await recordSteps(trx, this.run.input.userId, this.claimed(), { steps, leaseUntil: leaseUntil(this.ctx.clock) })
  }

  private claimed() {
    return { traceId: this.run.input.traceId, epoch: this.run.epoch }
  }
}
