import { sql } from 'kysely'
import { hookSteps } from '../../../server/step.ts'
import { completeConsent } from '../../../server/services/google-consent.ts'
import { createWorker } from '../../../server/jobs/worker.ts'
import { requestContext } from '../../support/app.ts'
import { enqueueSync } from './acts.ts'
import type { World } from './world.ts'

const minute = 60_000
/**
 * First any lease, undo window and the time a send may be out of sight; then the longest pause after failures; then the
 * day after which what could not be read is tried again.
 */
const passing = [11, 11, 61, 61, ...Array.from({ length: 8 }, () => 25 * 60)]

/** Faults stop, time passes, and the product works until nothing moves any more; answers whether it came to that. */
export async function comeToRest(world: World): Promise<boolean> {
  const { stage } = world
  hookSteps(undefined)
  for (const fault of world.faults) fault[Symbol.dispose]()
  for (const minutes of passing) {
    await stage.pass(minutes * minute)
    if ((await world.mailbox()).status === 'needs_reauth') await consentAgain(world)
    const begun = stage.app.clock.now()
    const before = new Set((await world.messages()).map(({ id }) => id))
    await enqueueSync(world)
    await sweepAndWork(world)
    await world.watchCursor()
    const isSynced = await isSyncedSince(world, begun)
    // A draft that is sent becomes another message, and their number stays.
    const hasSent = (await world.messages()).some(({ id }) => !before.has(id))
    if (isSynced && !hasSent && (await world.unfinished()).length === 0) return true
  }
  return false
}

async function isSyncedSince(world: World, instant: Date): Promise<boolean> {
  const { lastSyncAt, lastError } = await world.mailbox()
  return lastError === null && lastSyncAt !== null && new Date(lastSyncAt) >= instant
}

/** What the minute's sweep finds, and all that is due or waits for its repetition. */
async function sweepAndWork({ stage }: World): Promise<void> {
  const { app, handlers } = stage
  await app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, 'sweep-due', {}))
  await sql`update pgboss.job set start_after = now() where state in ('created', 'retry')`.execute(app.db)
  await app.ctx.jobs.drain(createWorker(app.ctx, handlers))
}

async function consentAgain({ stage, email }: World): Promise<void> {
  const { app, owner } = stage
  const { url } = await app.as(owner).mailboxes.authorizeUrl({ purpose: 'connect' })
  const answer = Object.fromEntries((await app.google.consent(url, { email })).searchParams)
  await completeConsent(requestContext(app.ctx, null), answer)
}
