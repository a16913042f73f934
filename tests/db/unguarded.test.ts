import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { claimMailbox, updateMailbox } from '../../server/db/mailboxes/sync.ts'
import { newOwnerRow, openTestDatabase } from '../support/rows.ts'
import { Unguarded } from '../support/unguarded.ts'

const { db } = await openTestDatabase()

const now = new Date('2026-01-01T12:00:00Z')
const claim = () => ({ holder: randomUUID(), now: now.toISOString(), until: '2026-01-01T12:01:00.000Z' })

test('an update without a guard does what the guard forbids, in a transaction too, and keeps its other guards', async () => {
  const { userId, mailboxId } = await newOwnerRow(db)
  const loose = db.withPlugin(new Unguarded('mailboxes', 'leaseUntil'))
  expect(await claimMailbox(db, userId, mailboxId, claim())).toMatchObject({ leaseEpoch: 1 })
  expect(await claimMailbox(db, userId, mailboxId, claim())).toBeUndefined()

  expect(await claimMailbox(loose, userId, mailboxId, claim())).toMatchObject({ leaseEpoch: 2 })
  const third = await loose.transaction().execute((trx) => claimMailbox(trx, userId, mailboxId, claim()))
  expect(third).toMatchObject({ leaseEpoch: 3 })

  await expect(updateMailbox(loose, userId, mailboxId, 1, { historyId: '7' })).rejects.toThrow('taken over')
  await updateMailbox(db.withPlugin(new Unguarded('mailboxes', 'leaseEpoch')), userId, mailboxId, 1, { historyId: '7' })
  expect(await db.selectFrom('mailboxes').where('id', '=', mailboxId).select('historyId').executeTakeFirst()).toEqual({
    historyId: '7',
  })
})

test('only comparisons of the column in updates of its own table are left out', () => {
  const sqlOf = (query: { compile(): { sql: string } }) => query.compile().sql
  const loose = db.withPlugin(new Unguarded('outbox', 'leaseUntil'))
  const set = { leaseUntil: null }
  const guarded = (table: 'outbox' | 'mailboxes') =>
    sqlOf(loose.updateTable(table).set(set).where('leaseUntil', '<', now.toISOString()))
  expect(guarded('outbox')).toBe('update "outbox" set "lease_until" = $1 where true')
  expect(guarded('mailboxes')).toContain('where "lease_until" < $2')

  const nested = loose
    .updateTable('outbox')
    .set(set)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('mailboxes')
          .whereRef('outbox.leaseUntil', '<', 'mailboxes.lastSyncAt')
          .where('leaseUntil', 'is', null)
          .select('id'),
      ),
    )
  expect(sqlOf(nested)).toContain('where true and "lease_until" is null)')
  expect(sqlOf(loose.selectFrom('outbox').where('leaseUntil', 'is', null).select('id'))).toContain('"lease_until" is')
})
