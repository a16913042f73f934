import { afterAll, afterEach, expect, test } from 'vitest'
import { hookSteps } from '../../server/step.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { expectSentOnce, versionOf } from '../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

test.each(['claim-mailbox', 'claim-run', 'claim-outbox'])(
  'a worker whose connection is lost right after %s goes on at once, and does not wait for its own lease',
  async (claim) => {
    const inbox = await openInbox(app)
    let lost = 0
    hookSteps({
      after(name) {
        if (name !== claim || lost++ > 0) return
        throw Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' })
      },
    })
    const draft = await inbox.newDraft()
    await inbox.api.drafts.approve(versionOf(draft))
    await app.drainDelayed()
    expect(lost).toBeGreaterThan(1)
    await expectSentOnce(inbox, draft)
    expect(await app.ctx.jobs.deadLetters(10)).toEqual([])
  },
)

test('a database that stays away is asked four times, and the job comes again', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve(versionOf(draft))
  let tries = 0
  hookSteps({
    before(name) {
      if (name !== 'claim-outbox' || ++tries > 4) return
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    },
  })
  await app.drainDelayed()
  expect(tries).toBe(4)
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
})
