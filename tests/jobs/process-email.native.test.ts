import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { reasonsOf } from '../support/refusals.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

test('of twenty requests to work on one mail at once one makes a run', async () => {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  const { id: emailId } = await inbox.receive()
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => inbox.api.emails.process({ emailId })))

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(reasonsOf(outcomes)).toEqual(['EMAIL_IN_PROGRESS'])
  expect((await inbox.api.traces.list({})).items).toHaveLength(1)
})

test('five workers on one run make one draft', async () => {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  const { id: emailId } = await inbox.receive()
  const { traceId } = await inbox.api.emails.process({ emailId })
  const work = () =>
    app.handlers['process-email']({
      id: 'test',
      payload: { userId: inbox.userId, traceId },
      isLastTry: false,
      signal: new AbortController().signal,
    })
  await Promise.allSettled(Array.from({ length: 5 }, work))

  expect(await inbox.api.traces.get({ traceId })).toMatchObject({ status: 'completed' })
  expect((await inbox.api.drafts.list()).items).toHaveLength(1)
  expect(await inbox.notifications()).toEqual(['draft_ready'])
})
