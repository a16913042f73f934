import { expect, test } from 'vitest'
import type { Api } from '../../demo/api.ts'
import { watchProcessing } from '../../demo/watch.ts'

/** An API behind which so many mails are still open at each look; the last number stays. */
function apiWithOpen(...open: number[]) {
  let looks = 0
  const pendingNow = () => open[Math.min(looks++, open.length - 1)] ?? 0
  const api = {
    mailboxes: { list: { query: async () => ({ items: [{ lastSyncAt: '2026-03-02T09:00:00.000Z' }] }) } },
    emails: {
      stats: {
        query: async () => {
          const pending = pendingNow()
          return { byStatus: { pending, processing: 0, needs_review: 9 - pending } }
        },
      },
    },
  }
  return { api: api as unknown as Api, looks: () => looks }
}

const quick = { pauseMs: 0, looks: 3 }

test('the demo waits for as long as mails are being decided, however slowly', async () => {
  const { api, looks } = apiWithOpen(9, 9, 9, 8, 8, 8, 5, 5, 5, 1, 1, 1, 0)
  await watchProcessing(api, quick)
  expect(looks()).toBe(13)
})

test('when nothing goes on any more the demo says so, and what to do', async () => {
  const { api } = apiWithOpen(9, 7)
  await expect(watchProcessing(api, quick)).rejects.toThrow(/7 of 9 mails are still open.*npm run demo/)
})
