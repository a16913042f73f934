import { afterAll, expect, test } from 'vitest'
import { workOnSend } from '../../../server/services/sending/work-on-send.ts'
import { createAutomaticApp, openAutomatic } from '../../support/automatic.ts'

const app = await createAutomaticApp()
afterAll(() => app[Symbol.asyncDispose]())

test.each([{ dailySendCap: 2 }, { hourlySendCap: 2 }, { correspondentDailyCap: 2 }])(
  'workers that send at the same moment keep within %o together',
  async (cap) => {
    for (let round = 0; round < 3; round++) {
      const inbox = await openAutomatic(app, cap)
      for (let n = 0; n < 6; n++) await inbox.receive({ subject: `Question ${n}` })
      app.clock.advance(60_000)
      const entries = await inbox.outbox()
      expect(entries).toHaveLength(6)
      const { userId } = inbox
      await Promise.allSettled(
        entries.map(({ id }) => workOnSend(app.ctx, { userId, outboxId: id }, new AbortController().signal)),
      )
      expect(await inbox.sent()).toHaveLength(2)
      const states = (await inbox.outbox()).map(({ state }) => state)
      expect(states.filter((state) => state === 'SENT')).toHaveLength(2)
      expect(states.filter((state) => state === 'CANCELLED')).toHaveLength(4)
    }
  },
)
