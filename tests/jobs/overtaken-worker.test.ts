import { afterAll, afterEach, expect, test } from 'vitest'
import { hookSteps } from '../../server/step.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const leaseMs = 61_000

/** Everything a run writes. */
async function written({ userId }: Inbox, traceId: string) {
  const { db } = app
  return {
    trace: await db.selectFrom('traces').selectAll().where('id', '=', traceId).executeTakeFirstOrThrow(),
    steps: await db.selectFrom('agentSteps').selectAll().where('traceId', '=', traceId).orderBy('position').execute(),
    calls: await db.selectFrom('modelCalls').select(['id', 'task']).where('traceId', '=', traceId).execute(),
    mails: await db.selectFrom('emails').select(['status', 'intent', 'reasons']).where('userId', '=', userId).execute(),
    drafts: await db.selectFrom('drafts').select('status').where('userId', '=', userId).execute(),
    told: await db.selectFrom('notifications').select('kind').where('userId', '=', userId).execute(),
  }
}

test.each([
  { stallsAt: 'record-classify', successorAt: 'record-decide' },
  { stallsAt: 'record-generate', successorAt: 'settle-run' },
  { stallsAt: 'settle-run', successorAt: 'settle-run' },
  // Its step fails besides, in its last try: neither that nor the end of the run is its own to write.
  { stallsAt: 'record-generate', successorAt: 'record-generate', problem: 'power cut' },
])(
  'a worker that stalls at $stallsAt writes nothing while its successor is still at $successorAt',
  async ({ stallsAt, successorAt, problem }) => {
    const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
    const { id: emailId } = await inbox.receive()
    const { traceId } = await inbox.api.emails.process({ emailId })
    const payload = { userId: inbox.userId, traceId }
    const { signal } = new AbortController()
    const work = (id: string) => app.handlers['process-email']({ id, payload, isLastTry: true, signal })

    const arrival = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const stalls = [stallsAt, successorAt]
    let successor: Promise<unknown> = Promise.resolve()
    let before: object = {}
    hookSteps({
      async before(name) {
        if (name !== stalls[0]) return
        stalls.shift()
        if (stalls.length === 0) {
          arrival.resolve()
          return goOn.promise
        }
        app.clock.advance(leaseMs)
        successor = work('successor')
        await arrival.promise
        before = await written(inbox, traceId)
        if (problem) throw new Error(problem)
      },
    })
    await expect(work('first')).rejects.toThrow('taken over by another worker')
    expect(before).toMatchObject({ trace: { status: 'running', epoch: 2 }, drafts: [] })
    expect(await written(inbox, traceId)).toEqual(before)

    goOn.resolve()
    await successor
    const { trace, steps, ...after } = await written(inbox, traceId)
    expect(trace).toMatchObject({ status: 'completed', epoch: 2, stepCount: 8, error: null })
    expect(steps.map(({ status }) => status)).toEqual(Array(8).fill('completed'))
    expect(after.mails).toMatchObject([{ status: 'needs_review' }])
    expect([after.drafts, after.told]).toEqual([[{ status: 'pending' }], [{ kind: 'draft_ready' }]])
  },
)
