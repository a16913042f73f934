import { afterAll, beforeEach, expect, test } from 'vitest'
import { UpstreamError } from '../../server/errors.ts'
import { createTestApp } from '../support/app.ts'
import { findDraft, findMail, findTrace, newInbox } from '../support/inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => model.reset())

const subject = 'Two drawings'
const mail = { subject, text: 'Hello Mara,\r\n\r\nhow much would two more drawings cost?\r\n\r\nAda' }

function askToWait(): never {
  const retryAt = new Date(Date.now() + 60_000)
  throw new UpstreamError('gemini', 'rate_limited', 'Gemini asks to slow down.', { retryAt })
}

test('a run that the model asks to wait is not given up however often that happens, and ends well', async () => {
  model.always('generate', askToWait)
  const owner = await newInbox(app, mail)
  await app.drain()
  for (let round = 0; round < 8; round += 1) await app.drainDelayed()
  const found = await findMail(app, owner, subject)
  expect(found.status).toBe('processing')
  expect(await findTrace(app, owner, found.id)).toMatchObject({ status: 'running' })
  expect(model.asked('generate')).toHaveLength(9)

  model.reset()
  await app.drainDelayed()
  expect((await findDraft(app, owner)).emailId).toBe(found.id)
  expect(model.asked('classify')).toEqual([])
})

test('a run that has waited for more than a day ends in review with the reason, once', async () => {
  model.always('classify', askToWait)
  const owner = await newInbox(app, mail)
  await app.drain()
  app.clock.advance(24 * 3_600_000 + 1_000)
  await app.drainDelayed()
  await app.drainDelayed()

  const { id } = await findMail(app, owner, subject)
  expect(await app.as(owner).emails.get({ emailId: id })).toMatchObject({
    status: 'needs_review',
    reasons: [
      {
        code: 'RUN_FAILED',
        text: 'The agent could not finish: Gemini asks to slow down. The agent has waited for a day.',
      },
    ],
  })
  expect(await findTrace(app, owner, id)).toMatchObject({ status: 'failed' })
  expect(model.asked('classify')).toHaveLength(2)
  const notified = await app.db.selectFrom('notifications').where('userId', '=', owner.userId).select('kind').execute()
  expect(notified).toEqual([{ kind: 'run_failed' }])
})
