import { sql } from 'kysely'
import { afterAll, afterEach, expect, test } from 'vitest'
import { UpstreamError } from '../../server/errors.ts'
import { hookSteps } from '../../server/step.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const databaseAway = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })

/** A mail that waits for its run, and a worker that takes it for the last time. */
async function lastTry() {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  const { id: emailId } = await inbox.receive()
  const { traceId } = await inbox.api.emails.process({ emailId })
  await sql`delete from pgboss.job where data->>'traceId' = ${traceId}`.execute(app.db)
  const payload = { userId: inbox.userId, traceId }
  const run = () =>
    app.handlers['process-email']({ id: 'test', payload, isLastTry: true, signal: new AbortController().signal })
  return { inbox, emailId, run }
}

function awayAt(...names: string[]): void {
  hookSteps({
    before(name) {
      if (names.includes(name)) throw databaseAway
    },
  })
}

test.each(['claim-run', 'record-classify', 'settle-run'])(
  'a run is not given up because the database was away at its last try, at %s',
  async (name) => {
    const { inbox, emailId, run } = await lastTry()
    awayAt(name)
    await expect(run()).rejects.toBe(databaseAway)
    expect((await inbox.email(emailId)).reasons).toEqual([])
    expect(await inbox.notifications()).toEqual([])

    hookSteps(undefined)
    await run()
    expect(await inbox.email(emailId)).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
  },
)

test('what went wrong first is told, although neither it nor the end of the lease could be noted', async () => {
  const { inbox, emailId, run } = await lastTry()
  const failure = new UpstreamError('gemini', 'unavailable', 'Gemini answered 503.', {
    retryAt: new Date(Date.now() + 60_000),
  })
  model.next('classify', () => {
    throw failure
  })
  awayAt('record-classify', 'release-run')
  await expect(run()).rejects.toBe(failure)
  expect(await inbox.email(emailId)).toMatchObject({ status: 'processing' })
})
