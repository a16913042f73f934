import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import type { JobHandlers } from '../../server/jobs/catalog.ts'
import { createTestApp } from '../support/app.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

/** The real handlers but for one job, which does as the test says. */
const renewing = (handle: JobHandlers['renew-watch']): JobHandlers => ({ ...app.handlers, 'renew-watch': handle })

test('a job that fails for good is kept with its reason, and redrive gives it a new start', async () => {
  const payload = { userId: randomUUID(), mailboxId: randomUUID() }
  await app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, 'renew-watch', payload))
  const failing = renewing(() => Promise.reject(new Error('Gmail is on strike')))
  while ((await app.drainDelayed(failing)) > 0);

  const letters = await app.ctx.jobs.deadLetters(10)
  expect(letters).toMatchObject([{ job: 'renew-watch', payload, tries: 4, reason: 'Gmail is on strike' }])

  const [letter] = letters
  expect(await app.ctx.jobs.redrive({ ids: [randomUUID()] })).toBe(0)
  expect(await app.ctx.jobs.redrive({ job: 'sync-mailbox' })).toBe(0)
  expect(await app.ctx.jobs.redrive({ ids: [letter?.id ?? ''] })).toBe(1)
  expect(await app.ctx.jobs.deadLetters(10)).toEqual([])

  const done: unknown[] = []
  await app.drainDelayed(renewing((job) => Promise.resolve(void done.push(job.payload))))
  expect(done).toEqual([payload])
})

const userId = randomUUID()
const id = randomUUID()
const gmailIds = { gmailDraftId: 'r1', threadId: 't1' }
const draftLeft = { userId, mailboxId: id, outboxId: id, ...gmailIds, contentHash: 'a'.repeat(64) }

test.each([
  ['sync-mailbox', { userId, mailboxId: id }, { tries: 7, firstPause: 2 }],
  ['process-email', { userId, traceId: id }, { tries: 4, firstPause: 2 }],
  ['embed-emails', { userId, emailIds: [id] }, { tries: 6, firstPause: 5 }],
  ['dispatch-outbox', { userId, outboxId: id }, { tries: 11, firstPause: 2 }],
  ['renew-watch', { userId, mailboxId: id }, { tries: 4, firstPause: 30 }],
  ['sweep-drafts', { userId, mailboxId: id }, { tries: 4, firstPause: 60 }],
  ['discard-draft', draftLeft, { tries: 11, firstPause: 2 }],
  ['refill-search', { userId }, { tries: 4, firstPause: 60 }],
  ['send-digest', { userId }, { tries: 6, firstPause: 30 }],
  ['apply-retention', { userId }, { tries: 4, firstPause: 60 }],
  ['sweep-due', {}, { tries: 1 }],
] as const)(
  '%s is tried as often as the catalogue says, after pauses that double, and no more',
  async (name, payload, said) => {
    await app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, name, payload as never))
    const lastTries: boolean[] = []
    const pauses: number[] = []
    const failing: JobHandlers = {
      ...app.handlers,
      [name]: ({ isLastTry }: { isLastTry: boolean }) => {
        lastTries.push(isLastTry)
        return Promise.reject(new Error('it cannot be done'))
      },
    }
    while ((await app.drainDelayed(failing)) > 0) pauses.push(...(await pausesOf(name)))
    expect(lastTries).toEqual([...Array<boolean>(said.tries - 1).fill(false), true])

    expect(pauses).toHaveLength(said.tries - 1)
    for (const [index, seconds] of pauses.entries()) {
      const least = Math.min(('firstPause' in said ? said.firstPause : 0) * 2 ** index, longestPause)
      expect(seconds).toBeGreaterThanOrEqual(least)
      // Up to as much again, so that jobs which failed together come apart; and the try itself, on a busy machine.
      expect(seconds).toBeLessThan(Math.min(2 * least, longestPause) + 60)
    }
  },
)

const longestPause = 900

/** How long after a try has begun the next one comes, in seconds. */
async function pausesOf(name: string): Promise<number[]> {
  const { rows } = await sql<{ seconds: number }>`
    select extract(epoch from start_after - started_on)::float8 as seconds
    from pgboss.job where name = ${name} and state = 'retry'`.execute(app.db)
  return rows.map(({ seconds }) => seconds)
}
