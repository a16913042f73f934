import type { Gauge } from 'prom-client'
import type { AppContext } from '../../context.ts'
import { readFigures } from '../../db/system/health.ts'
import { jobCatalog } from '../../jobs/catalog.ts'
import {
  budgetSpent,
  deadLetters,
  figuresRead,
  oldestDueJob,
  ownersOutOfBudget,
  syncLag,
  syncOverdue,
  unknownSends,
} from '../../metrics.ts'
import type { QueueState } from '../../ports.ts'
import { step } from '../../step.ts'
import { ask } from './check.ts'

/** However many scrape, and however often: the database is asked so rarely. */
const freshForMs = 10_000

const refreshed = new WeakMap<AppContext, { readonly at: number; readonly done: Promise<void> }>()

/** Brings the figures over the whole database up to date, unless they are; never throws, never takes over 1 s. */
export function refreshFigures(ctx: AppContext): Promise<void> {
  const at = ctx.clock.now().getTime()
  const last = refreshed.get(ctx)
  if (last && at >= last.at && at - last.at < freshForMs) return last.done
  const done = refresh(ctx)
  refreshed.set(ctx, { at, done })
  return done
}

async function refresh(ctx: AppContext): Promise<void> {
  const now = ctx.clock.now().toISOString()
  const [figures, queue] = await Promise.all([
    ask(() => readFigures(ctx.db, { now, day: now.slice(0, 10) })),
    ask(() => step('read-queue-figures', () => ctx.jobs.check())),
  ])
  const known = figures.answer
  figuresRead.set(known && queue.answer ? 1 : 0)
  show(syncLag, known?.syncLagSeconds)
  show(syncOverdue, known?.syncOverdueSeconds)
  show(unknownSends, known?.unknownSends)
  show(ownersOutOfBudget, known?.ownersOutOfBudget)
  const budget = ctx.config.modelBudgetPerDay
  // A budget of nothing is always used up.
  show(budgetSpent, known && budget !== null ? (budget > 0 ? known.spentToday / budget : 1) : undefined)
  showQueue(queue.answer)
}

/** What nobody knows is absent: a 0 would say that all is well. */
function show(gauge: Gauge, value: number | undefined): void {
  if (value === undefined) gauge.remove()
  else gauge.set(value)
}

/** The names of the catalogue and no other, so that a job of an earlier version makes no series of its own. */
function showQueue(state: QueueState | undefined): void {
  deadLetters.reset()
  oldestDueJob.reset()
  if (!state) return
  const others = { ...state.deadLetters }
  for (const job of Object.keys(jobCatalog)) {
    deadLetters.set({ job }, others[job] ?? 0)
    delete others[job]
    oldestDueJob.set({ job }, state.oldestDueSeconds[job] ?? 0)
  }
  deadLetters.set(
    { job: 'other' },
    Object.values(others).reduce((sum, letters) => sum + letters, 0),
  )
}
