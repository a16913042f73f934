import { afterAll, afterEach, expect, test } from 'vitest'
import { hookSteps } from '../../../server/step.ts'
import { createTestApp } from '../../support/app.ts'
import { openInbox } from '../../support/connected-inbox.ts'
import { approveNew, expectSentOnce } from '../../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const leaseMs = 61_000

test('a worker that was overtaken as it was about to send leaves it to its successor, and the owner is asked nothing', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  const [entry] = await app.db.selectFrom('outbox').where('userId', '=', inbox.userId).select('id').execute()
  const payload = { userId: inbox.userId, outboxId: entry?.id ?? '' }
  const { signal } = new AbortController()
  const work = (id: string) => app.handlers['dispatch-outbox']({ id, payload, isLastTry: false, signal })
  // So that only who sent knows it: nobody else finds it in the conversation.
  app.google.delaySentVisibility(Infinity)

  const arrival = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  let successor: Promise<unknown> = Promise.resolve()
  let arrived = 0
  hookSteps({
    async before(name) {
      if (name !== 'mark-sending') return
      arrived += 1
      if (arrived === 2) {
        arrival.resolve()
        await goOn.promise
      }
      if (arrived > 1) return
      app.clock.advance(leaseMs)
      successor = work('successor')
      await arrival.promise
    },
  })
  await expect(work('first')).rejects.toThrow('may not go out now')
  expect(await inbox.sent()).toEqual([])

  goOn.resolve()
  await successor
  app.google.delaySentVisibility(0)
  await expectSentOnce(inbox, draft)
  expect(await inbox.notifications()).toEqual(['draft_ready'])
})
