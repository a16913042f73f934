import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import type { JobHandlers } from '../../server/jobs/catalog.ts'
import { createTestApp } from '../support/app.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

/** The real handlers but for one job, which does as the test says. */
const embedding = (handle: JobHandlers['embed-emails']): JobHandlers => ({ ...app.handlers, 'embed-emails': handle })

test('a job that fails for good is kept with its reason, and redrive gives it a new start', async () => {
  const payload = { userId: randomUUID(), emailIds: [randomUUID()] }
  await app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, 'embed-emails', payload))
  const failing = embedding(() => Promise.reject(new Error('the embedder is on strike')))
  while ((await app.drainDelayed(failing)) > 0);

  const letters = await app.ctx.jobs.deadLetters(10)
  expect(letters).toMatchObject([{ job: 'embed-emails', payload, tries: 6, reason: 'the embedder is on strike' }])

  const [letter] = letters
  expect(await app.ctx.jobs.redrive({ ids: [randomUUID()] })).toBe(0)
  expect(await app.ctx.jobs.redrive({ job: 'sync-mailbox' })).toBe(0)
  expect(await app.ctx.jobs.redrive({ ids: [letter?.id ?? ''] })).toBe(1)
  expect(await app.ctx.jobs.deadLetters(10)).toEqual([])

  const done: unknown[] = []
  await app.drainDelayed(embedding((job) => Promise.resolve(void done.push(job.payload))))
  expect(done).toEqual([payload])
})
