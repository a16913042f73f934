import { expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { draftWithHours, hourIn } from '../support/held-hours.ts'

test('of 32 replies that hold the same hour, approved at once, exactly one goes out', async () => {
  await using app = await createTestApp()
  const inbox = await openInbox(app, { undoWindowSeconds: 600 })
  for (let round = 1; round <= 5; round += 1) {
    const drafts = []
    for (let person = 0; person < 32; person += 1) {
      // Each offers the hour itself, or with an hour that nobody else does.
      const own = person % 2 === 0 ? [] : [hourIn(app, 30 + person)]
      drafts.push(await draftWithHours(app, inbox, `Person${round}of${person}`, [hourIn(app, 2 + round), ...own]))
    }
    const approvals = await Promise.allSettled(
      drafts.map(({ version }) => inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true })),
    )
    const reasons = approvals.flatMap((approval) =>
      approval.status === 'rejected' ? [(approval.reason as { cause?: { reason?: string } }).cause?.reason] : [],
    )
    expect(reasons).toEqual(Array.from({ length: 31 }, () => 'SLOT_TAKEN'))
    expect(await inbox.outbox()).toHaveLength(round)
    await app.db.deleteFrom('slotHolds').where('userId', '=', inbox.userId).execute()
  }
})
