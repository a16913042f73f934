import { DateTime } from 'luxon'
import { afterAll, expect, test } from 'vitest'
import { faultMatrix } from '../../../google-sandbox/sandbox.ts'
import { openInbox, sweep } from '../../support/connected-inbox.ts'
import { createPushedApp } from '../../support/push.ts'

const app = await createPushedApp()
afterAll(() => app[Symbol.asyncDispose]())

const hourMs = 3_600_000
const limit = (path: RegExp) => app.google.inject({ match: { path }, kind: faultMatrix.dailyLimitExceeded, times: 999 })

test('a watch that meets the limit of the day is asked for again when that day is over, not every hour', async () => {
  using _fault = limit(/\/watch$/)
  const before = app.clock.now().getTime()
  const { userId, requests } = await openInbox(app)
  expect(requests('POST', /\/watch$/)).toHaveLength(1)
  const { watchRetryAt } = await app.db
    .selectFrom('mailboxes')
    .where('userId', '=', userId)
    .select('watchRetryAt')
    .executeTakeFirstOrThrow()
  const dayEnds = DateTime.now().setZone('America/Los_Angeles').plus({ days: 1 }).startOf('day').toMillis()
  const expected = Math.max(dayEnds, before + hourMs)
  expect(Math.abs(Date.parse(watchRetryAt ?? '') - expected)).toBeLessThan(60_000)
})

test('a sweep of drafts that meets the limit of the day leaves it to the next day’s sweep', async () => {
  using fault = limit(/\/drafts$/)
  const { userId, mailboxId } = await openInbox(app)
  await app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, 'sweep-drafts', { userId, mailboxId }))
  for (let hours = 0; hours < 5; hours++) {
    await sweep(app)
    app.clock.advance(hourMs)
  }
  expect(fault.hits).toBe(1)
})
