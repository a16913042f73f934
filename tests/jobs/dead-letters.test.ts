import { randomUUID } from 'node:crypto'
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

test.each([
  ['sync-mailbox', 'mailboxId', 6],
  ['process-email', 'traceId', 4],
  ['dispatch-outbox', 'outboxId', 11],
  ['renew-watch', 'mailboxId', 4],
  ['sweep-drafts', 'mailboxId', 4],
] as const)('%s is tried as often as the catalogue says, and no more', async (name, key, tries) => {
  const payload = { userId: randomUUID(), [key]: randomUUID() }
  await app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, name, payload as never))
  const lastTries: boolean[] = []
  const failing: JobHandlers = {
    ...app.handlers,
    [name]: ({ isLastTry }: { isLastTry: boolean }) => {
      lastTries.push(isLastTry)
      return Promise.reject(new Error('it cannot be done'))
    },
  }
  while ((await app.drainDelayed(failing)) > 0);
  expect(lastTries).toEqual([...Array<boolean>(tries - 1).fill(false), true])
})
