import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { createOfflineModel } from '../../server/adapters/offline-model/model.ts'
import { UpstreamError } from '../../server/errors.ts'
import type { LanguageModel } from '../../server/ports.ts'
import { hookSteps } from '../../server/step.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox, sweep } from '../support/connected-inbox.ts'
import { failAt } from '../support/crash.ts'

const offline = createOfflineModel().model
let asked: string[] = []
let failure: Error | undefined
/** The offline model, counted, and away when a test says so. */
const model: LanguageModel = {
  ids: offline.ids,
  answer(request, signal) {
    asked.push(request.facts.task)
    return failure ? Promise.reject(failure) : offline.answer(request, signal)
  },
}

const app = await createTestApp({ ports: { model } })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => {
  asked = []
  failure = undefined
})
afterEach(() => hookSteps(undefined))

const leaseMs = 61_000

test('a run that fails after its retries ends in review with the reason, and the owner is told', async () => {
  const inbox = await openInbox(app)
  failure = new UpstreamError('gemini', 'unavailable', 'Gemini answered 503.')
  const email = await inbox.receive()
  expect(email).toMatchObject({ status: 'processing' })
  for (let tries = 1; tries < 4; tries++) await app.drainDelayed()

  expect(asked).toHaveLength(4)
  expect(await inbox.email(email.id)).toMatchObject({
    status: 'needs_review',
    draft: null,
    reasons: [{ code: 'RUN_FAILED', text: 'The agent could not finish: Gemini answered 503.' }],
  })
  expect(await inbox.notifications()).toEqual(['run_failed'])
  const [trace] = (await inbox.api.traces.list({})).items
  expect(trace).toMatchObject({ status: 'failed' })

  app.clock.advance(leaseMs)
  await sweep(app)
  expect(asked).toHaveLength(4)
  expect(await inbox.notifications()).toEqual(['run_failed'])
})

test('a run that failed for good can be asked for again', async () => {
  const inbox = await openInbox(app)
  failure = new UpstreamError('gemini', 'bad_answer', 'Gemini gave an unreadable answer.')
  const { id: emailId } = await inbox.receive()
  for (let tries = 1; tries < 4; tries++) await app.drainDelayed()
  failure = undefined
  await inbox.api.emails.process({ emailId })
  await app.drain()
  expect(await inbox.email(emailId)).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
})

test('a run that fails in between is finished by its retry', async () => {
  const inbox = await openInbox(app)
  failure = new UpstreamError('gemini', 'timeout', 'Gemini did not answer in time.')
  const { id: emailId } = await inbox.receive()
  failure = undefined
  await app.drainDelayed()
  expect(await inbox.email(emailId)).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
  expect(await inbox.notifications()).toEqual(['draft_ready'])
  expect(asked).toEqual(['classify', 'classify', 'decide', 'generate'])
})

test('P16: a run whose worker died is taken over after its lease; finished steps are not repeated', async () => {
  const inbox = await openInbox(app)
  await app.deliver(inbox.owner)
  await inbox.api.mailboxes.sync({ mailboxId: inbox.mailboxId })
  expect(await failAt({ name: 'record-generate', moment: 'before', isFatal: true }, () => app.drain())).toBe(true)
  const [email] = await inbox.emails()
  expect(email).toMatchObject({ status: 'processing' })

  // The dead worker's lease still stands: nobody else may begin.
  await app.drainDelayed()
  expect(asked).toEqual(['classify', 'decide', 'generate'])

  app.clock.advance(leaseMs)
  await app.drainDelayed()
  expect(asked).toEqual(['classify', 'decide', 'generate', 'generate'])
  expect((await inbox.emails())[0]).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
  const trace = (await inbox.api.traces.list({})).items[0]
  const { steps } = await inbox.api.traces.get({ traceId: trace?.id ?? '' })
  expect(steps.map(({ name, status }) => [name, status])).toEqual(
    ['classify', 'gate', 'retrieve', 'decide', 'execute', 'generate', 'verify', 'review'].map((name) => [
      name,
      'completed',
    ]),
  )
})

test('a run that another worker holds is waited for, however often it is asked for, and costs no try', async () => {
  const inbox = await openInbox(app, { processOnSync: false })
  const { id: emailId } = await inbox.receive()
  const { traceId } = await inbox.api.emails.process({ emailId })
  const leaseUntil = new Date(app.clock.now().getTime() + leaseMs).toISOString()
  await app.db.updateTable('traces').set({ status: 'running', leaseUntil }).where('id', '=', traceId).execute()
  for (let tries = 0; tries < 20; tries++) await app.drainDelayed()
  expect(await app.ctx.jobs.deadLetters(10)).toEqual([])
  expect((await inbox.email(emailId)).draft).toBeNull()

  app.clock.advance(leaseMs)
  await app.drainDelayed()
  expect(await inbox.email(emailId)).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
})

test.each(['record-generate', 'settle-run'])(
  'a worker that was overtaken before %s can write nothing any more',
  async (name) => {
    const inbox = await openInbox(app)
    await app.deliver(inbox.owner)
    await inbox.api.mailboxes.sync({ mailboxId: inbox.mailboxId })
    let isOvertaken = false
    hookSteps({
      async before(current) {
        if (current !== name || isOvertaken) return
        isOvertaken = true
        const traceId = (await inbox.api.traces.list({})).items[0]?.id ?? ''
        app.clock.advance(leaseMs)
        const signal = new AbortController().signal
        await app.handlers['process-email']({
          id: 'other',
          payload: { userId: inbox.userId, traceId },
          isLastTry: false,
          signal,
        })
      },
    })
    await app.drain()
    expect(isOvertaken).toBe(true)
    const { rows } = await sql<{ output: { value?: { message?: string } } }>`
    select output from pgboss.job where name = 'process-email' and data->>'userId' = ${inbox.userId}`.execute(app.db)
    expect(JSON.stringify(rows)).toContain('taken over by another worker')

    await app.drainDelayed()
    expect((await inbox.api.drafts.list()).items).toHaveLength(1)
    expect(await inbox.notifications()).toEqual(['draft_ready'])
    expect((await inbox.emails())[0]).toMatchObject({ status: 'needs_review' })
  },
)
