import type { AppContext } from '../../context.ts'
import { countFailingMailboxes } from '../../db/system/health.ts'
import { step } from '../../step.ts'
import { lapsingWatches } from '../sync/gmail-watch.ts'
import { ask, type Check, degraded, ok } from './check.ts'

// What processes do that answer no requests themselves is told by what they leave in the database.

/** Whether work is taken up, and ends. */
export async function checkQueue(ctx: AppContext): Promise<Check> {
  const { check, answer } = await ask(() => step('check-queue', () => ctx.jobs.check()))
  if (!answer) return check
  if (!answer.hasWorker) return degraded('no worker is running: nothing is read, drafted or sent')
  const deadLetters = Object.values(answer.deadLetters).reduce((sum, letters) => sum + letters, 0)
  return deadLetters === 0
    ? ok()
    : degraded(`${count(deadLetters, 'job', 'jobs')} failed for good; npm run redrive lists them`)
}

/** Whether the mailboxes are read. */
export async function checkMailboxes(ctx: AppContext): Promise<Check> {
  const { answer } = await ask(() => countFailingMailboxes(ctx.db))
  if (!answer) return degraded('nobody can tell whether the mailboxes are read')
  const { failing, active } = answer
  return failing === 0 ? ok() : degraded(`${failing} of ${count(active, 'mailbox', 'mailboxes')} cannot be read`)
}

/** Push is only the faster way, so a lapse degrades and stops nothing. */
export async function checkWatches(ctx: AppContext): Promise<Check> {
  const { answer: lapsing } = await ask(() => lapsingWatches(ctx))
  if (lapsing === undefined) return degraded('nobody can tell how long push will last; polling goes on')
  if (lapsing === 0) return ok()
  return degraded(
    `push has ended or ends within 48 hours for ${count(lapsing, 'mailbox', 'mailboxes')}; polling goes on`,
  )
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`
}
