import * as fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { getEmailStats } from '../../server/db/emails/stats.ts'
import { EmailStatus, Intent } from '../../shared-types/index.ts'
import { newEmailRow, newMailboxRow, newOwnerRow, openTestDatabase } from '../support/rows.ts'

const { db } = await openTestDatabase()

const statuses = EmailStatus.options
const intents = [null, ...Intent.options]

const move = fc.oneof(
  fc.record({ kind: fc.constant('arrive' as const), mailbox: fc.nat(1), direction: fc.constantFrom('in', 'out') }),
  fc.record({ kind: fc.constant('status' as const), mail: fc.nat(9), status: fc.constantFrom(...statuses) }),
  fc.record({ kind: fc.constant('intent' as const), mail: fc.nat(9), intent: fc.constantFrom(...intents) }),
  fc.record({ kind: fc.constant('all' as const), status: fc.constantFrom(...statuses) }),
  fc.record({ kind: fc.constant('delete' as const), mail: fc.nat(9) }),
)

async function recount(userId: string) {
  const count = async (column: 'status' | 'intent') => {
    const rows = await db
      .selectFrom('emails')
      .where('userId', '=', userId)
      .where('direction', '=', 'in')
      .where(column, 'is not', null)
      .groupBy(column)
      .select((eb) => [`${column} as key`, eb.fn.countAll<number>().as('count')])
      .execute()
    return Object.fromEntries(rows.map((row) => [row.key, row.count]))
  }
  const zeros = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 0]))
  return {
    byStatus: { ...zeros(statuses), ...(await count('status')) },
    byIntent: { ...zeros(Intent.options), ...(await count('intent')) },
    quarantined: 0,
  }
}

test('the kept counters equal a recount, whatever happens to the mail', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 12 }), async (moves) => {
      const owner = await newOwnerRow(db)
      const { userId } = owner
      const mailboxes = [owner.mailboxId, await newMailboxRow(db, userId)]
      const mails: string[] = []
      for (const step of moves) {
        const mail = 'mail' in step ? mails[step.mail % Math.max(1, mails.length)] : undefined
        const all = db.updateTable('emails').where('userId', '=', userId)
        if (step.kind === 'arrive') {
          const direction = step.direction
          mails.push(await newEmailRow(db, { userId, mailboxId: mailboxes[step.mailbox] ?? '' }, { direction }))
        } else if (step.kind === 'all') await all.set({ status: step.status }).execute()
        else if (!mail) continue
        else if (step.kind === 'delete') {
          await db.deleteFrom('emails').where('userId', '=', userId).where('id', '=', mail).execute()
        } else {
          const { kind: _kind, mail: _mail, ...change } = step
          await all.where('id', '=', mail).set(change).execute()
        }
      }
      expect(await getEmailStats(db, userId)).toEqual(await recount(userId))
      await sql`delete from users where id = ${userId}`.execute(db)
    }),
    { numRuns: 200 },
  )
})

test('deleting a mailbox takes its counters along and leaves the other’s', async () => {
  const owner = await newOwnerRow(db)
  const second = await newMailboxRow(db, owner.userId)
  await newEmailRow(db, owner)
  await newEmailRow(db, { ...owner, mailboxId: second })
  await db.deleteFrom('mailboxes').where('userId', '=', owner.userId).where('id', '=', second).execute()
  const stats = await getEmailStats(db, owner.userId)
  expect(stats.byStatus).toMatchObject({ pending: 1, sent: 0 })
})

test('nobody’s mail is counted for somebody else, and an owner without mail has zeros', async () => {
  const [alice, bob] = [await newOwnerRow(db), await newOwnerRow(db)]
  await newEmailRow(db, alice)
  const stats = await getEmailStats(db, bob.userId)
  expect(Object.values({ ...stats.byStatus, ...stats.byIntent }).every((count) => count === 0)).toBe(true)
})
