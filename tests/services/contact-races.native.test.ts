import { afterAll, expect, test } from 'vitest'
import { noteCorrespondent } from '../../server/db/emails/contacts.ts'
import { createTestApp } from '../support/app.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

test('imports, mail, edits and merges at once neither fail nor make two contacts of one address', async () => {
  const owner = await app.newOwner()
  const { userId } = owner
  const { contacts } = app.as(owner)
  const people = Array.from({ length: 100 }, (_, index) => `p${String(index).padStart(3, '0')}@engine.example`)
  const csv = (list: readonly string[]) => ['Name,E-mail', ...list.map((address) => `Imported,${address}`)].join('\n')
  // As a sync does it: in the order of their addresses, in one transaction.
  const mail = (name: string) =>
    app.db.transaction().execute(async (trx) => {
      for (const address of people) {
        await noteCorrespondent(trx, userId, { address, name, company: null, now: new Date().toISOString() })
      }
    })
  const edit = async () => {
    for (const address of people.toReversed()) await contacts.upsert({ address, notes: 'Edited' })
  }
  for (let round = 0; round < 2; round++) {
    await app.db.deleteFrom('contacts').where('userId', '=', userId).execute()
    const outcomes = await Promise.allSettled([
      contacts.import({ csv: csv(people) }),
      mail('One'),
      contacts.import({ csv: csv(people.toReversed()) }),
      mail(''),
      edit(),
    ])
    expect(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []))).toEqual([])
    const rows = await app.db
      .selectFrom('contacts')
      .where('userId', '=', userId)
      .select(['id', 'name', 'notes'])
      .execute()
    expect(rows).toHaveLength(people.length)
    expect(new Set(rows.map(({ name, notes }) => `${name} ${notes}`))).toEqual(new Set(['Imported Edited']))

    const ids = rows.map(({ id }) => id)
    const merges = await Promise.allSettled([
      contacts.merge({ intoId: ids[0] ?? '', fromIds: ids.slice(1, 15) }),
      contacts.merge({ intoId: ids[15] ?? '', fromIds: ids.slice(2, 14).toReversed() }),
      contacts.import({ csv: csv(people) }),
      mail('Two'),
    ])
    const failed = merges.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []))
    expect(failed).toEqual([expect.stringContaining('There is no such contact.')])
  }
})
