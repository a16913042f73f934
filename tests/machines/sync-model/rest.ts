import { sql } from 'kysely'
import { hookSteps } from '../../../server/step.ts'
import { completeConnect } from '../../../server/services/mailbox-connection.ts'
import { enqueueSync } from './acts.ts'
import type { World } from './world.ts'

const longestRounds = 12

/** Faults stop, time passes, and the product works until nothing moves any more; answers whether it came to that. */
export async function comeToRest(world: World): Promise<boolean> {
  const { stage } = world
  hookSteps(undefined)
  for (const fault of world.faults) fault[Symbol.dispose]()
  for (let round = 0; round < longestRounds; round++) {
    // Longer than any lease, pause or undo window.
    await stage.pass(61 * 60_000)
    if ((await world.mailbox()).status === 'needs_reauth') await consentAgain(world)
    const before = stage.app.clock.now()
    await enqueueSync(world)
    await sweepAndWork(world)
    await world.watchCursor()
    const { lastSyncAt, lastError } = await world.mailbox()
    const isSynced = lastError === null && lastSyncAt !== null && new Date(lastSyncAt) >= before
    if (isSynced && (await world.unfinished()).length === 0) return true
  }
  return false
}

/** What the minute's sweep finds, and all that is due or waits for its repetition. */
async function sweepAndWork({ stage }: World): Promise<void> {
  const { app, handlers } = stage
  await app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, 'sweep-due', {}))
  await sql`update pgboss.job set start_after = now() where state in ('created', 'retry')`.execute(app.db)
  await app.ctx.jobs.drain(handlers)
}

async function consentAgain({ stage, email }: World): Promise<void> {
  const { app, owner } = stage
  const { url } = await app.as(owner).mailboxes.authorizeUrl({ purpose: 'connect' })
  const answer = Object.fromEntries((await app.google.consent(url, { email })).searchParams)
  await completeConnect(app.ctx, { ...answer, browserSecret: 'the-browser-of-this-test-0123456789abcdef' })
}
