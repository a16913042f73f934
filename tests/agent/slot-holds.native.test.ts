import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { holdChosen } from '../../server/agent/hold-hours.ts'
import { findFreeSlots } from '../../server/agent/working-hours.ts'
import { loadEmail } from '../../server/db/runs/run-input.ts'
import { getSettings } from '../../server/db/accounts/settings.ts'
import { createTestApp } from '../support/app.ts'
import { newEmailRow, newOwnerRow } from '../support/rows.ts'

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
      return { userId: owner.userId, traceId, email, settings, isRequested: false }
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
