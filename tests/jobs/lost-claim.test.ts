import { type KyselyPlugin, SelectQueryNode } from 'kysely'
import { afterAll, afterEach, expect, test } from 'vitest'
import { workOnSend } from '../../server/services/sending/work-on-send.ts'
import { hookSteps } from '../../server/step.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { expectSentOnce, approvalOf } from '../support/sending.ts'

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
    await inbox.api.drafts.approve(approvalOf(draft))
    await app.drainDelayed()
    expect(lost).toBeGreaterThan(1)
    await expectSentOnce(inbox, draft)
    expect(await app.ctx.jobs.deadLetters(10)).toEqual([])
  },
)

test('a send whose reply cannot be read is given back, so that its next try need not wait for the lease to lapse', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve(approvalOf(draft))
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const [send] = await inbox.outbox()
  const failing: KyselyPlugin = {
    transformQuery({ node }) {
      if (SelectQueryNode.is(node) && JSON.stringify(node).includes('"version_hash"')) throw away
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  }
  const ctx = { ...app.ctx, db: app.ctx.db.withPlugin(failing) }
  app.clock.advance(60_000)
  const wanted = { userId: inbox.userId, outboxId: send?.id ?? '' }
  await expect(workOnSend(ctx, wanted, new AbortController().signal)).rejects.toThrow('ECONNREFUSED')
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
})
