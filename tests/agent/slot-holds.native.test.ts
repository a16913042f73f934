import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { holdChosen } from '../../server/agent/hold-hours.ts'
import { findFreeSlots } from '../../server/agent/working-hours.ts'
import { loadEmail } from '../../server/db/runs/run-input.ts'
import { getSettings } from '../../server/db/accounts/settings.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { newEmailRow, newOwnerRow } from '../support/rows.ts'
import { approvalOf } from '../support/sending.ts'

test('of 32 runs at once no two hold the same hour', async () => {
  await using app = await createTestApp()
  const owner = await newOwnerRow(app.db)
  const settings = {
    ...(await getSettings(app.db, owner.userId)),
    workingHoursStart: '06:00',
    workingHoursEnd: '22:00',
  }
  const inputs = await Promise.all(
    Array.from({ length: 32 }, async () => {
      const emailId = await newEmailRow(app.db, owner)
      const email = await loadEmail(app.db, owner.userId, emailId)
      if (!email) throw new Error('the mail is not there')
      const traceId = randomUUID()
      const createdAt = app.clock.now().toISOString()
      const run = { userId: owner.userId, id: traceId, emailId, scope: 'full', status: 'running', createdAt } as const
      await app.db.insertInto('traces').values(run).execute()
      return { userId: owner.userId, traceId, email, settings, isRequested: false, request: null }
    }),
  )
  const now = app.clock.now()
  const within = { start: now, end: new Date(now.getTime() + 10 * 86_400_000) }
  const offers = await Promise.all(
    inputs.map((input) => holdChosen(app.ctx, input, (held) => ({ hours: findFreeSlots(settings, held, within, 3) }))),
  )
  const starts = offers.flatMap(({ hours }) => hours.map(({ start }) => start.toISOString()))
  expect(starts).toHaveLength(96)
  expect(new Set(starts).size).toBe(96)
  const rows = await app.db.selectFrom('slotHolds').where('userId', '=', owner.userId).select('startAt').execute()
  expect(rows.map(({ startAt }) => startAt).toSorted()).toEqual(starts.toSorted())
})

test('of 32 replies that are approved and go out at once no two offer the same hour, and one accepts the hour that all propose', async () => {
  await using app = await createTestApp()
  const inbox = await openInbox(app, {
    workingHoursStart: '06:00',
    workingHoursEnd: '22:00',
    workingDays: [1, 2, 3, 4, 5, 6, 7],
  })
  const at = new Date(app.clock.now().getTime() + 3 * 86_400_000)
  const day = new Intl.DateTimeFormat('en', { month: 'long', day: 'numeric', timeZone: 'UTC' }).format(at)
  const text = `Hello Mara,\r\n\r\ncould we meet on ${day} at 15:00 to talk it over?\r\n\r\nBest`
  for (let person = 0; person < 32; person += 1) {
    await app.deliver(inbox.owner, { from: `Ada <ada${person}@engine.example>`, subject: 'Meet?', text })
  }
  await inbox.sync()
  const { items } = await inbox.api.drafts.list({ status: 'pending', limit: 100 })
  expect(items).toHaveLength(32)
  await Promise.all(items.map((draft) => inbox.api.drafts.approve(approvalOf(draft))))
  await app.drainDelayed()

  const sent = (await inbox.api.drafts.list({ status: 'sent', limit: 100 })).items.map(({ body }) => body)
  expect(sent).toHaveLength(32)
  expect(sent.filter((body) => body.includes('This time works for me:'))).toHaveLength(1)
  const hours = sent.flatMap(
    (body) => body.match(/\S+, [^\n]*–\d\d:\d\d \(UTC/g)?.map((hour) => hour.replace(/^.*?: /, '')) ?? [],
  )
  expect(hours.length).toBe(1 + 31 * 3)
  expect(new Set(hours).size).toBe(hours.length)
})
