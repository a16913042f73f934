import { type Kysely, sql } from 'kysely'
import { expect, test } from 'vitest'
import { getDraft } from '../../server/db/sending/drafts.ts'
import { getEmail } from '../../server/db/emails/detail.ts'
import { migrateDown, migrateToLatest } from '../../server/db/engine/migrate.ts'
import type { DB } from '../../server/db/engine/schema.ts'
import { finishedSteps } from '../../server/db/runs/steps.ts'
import { newDraftRow, newEmailRow, newOwnerRow, openNewDatabase } from '../support/rows.ts'

const noted = (text: string) => ({ code: 'NOTED', text })

test('reasons from before they had codes are told with the same words, also by a run at work', async () => {
  const { db } = await openNewDatabase()
  const owner = await newOwnerRow(db)
  const { userId } = owner
  const [told, silent] = [await newEmailRow(db, owner), await newEmailRow(db, owner)]
  const { id: draftId, traceId } = await newDraftRow(db, userId, { emailId: told })

  await undo(db, '0022-reason-codes')
  const words = sql`array['It asks, “and” waits.', 'It''s {odd}, "too".']`
  await sql`update emails set reasons = ${words} where id = ${told}`.execute(db)
  await sql`update drafts set reasons = ${words}`.execute(db)
  await addStep(db, { userId, traceId, name: 'classify', addition: { intent: 'other', reason: 'It asks.' } })
  await addStep(db, { userId, traceId, name: 'review', addition: { kind: 'ask', reasons: ['One.', 'Two.'] } })
  await migrateToLatest(db)

  const both = [noted('It asks, “and” waits.'), noted('It\'s {odd}, "too".')]
  expect((await getEmail(db, userId, told)).reasons).toEqual(both)
  expect((await getEmail(db, userId, silent)).reasons).toEqual([])
  expect((await getDraft(db, userId, draftId)).reasons).toEqual(both)
  expect((await finishedSteps(db, userId, traceId)).map(({ addition }) => addition)).toEqual([
    { intent: 'other', reason: noted('It asks.') },
    { kind: 'ask', reasons: [noted('One.'), noted('Two.')] },
  ])

  await undo(db, '0022-reason-codes')
  const { rows } = await sql<{ isSame: boolean }>`select reasons = ${words} as is_same from emails where id = ${told}
    union all select reasons = ${words} from drafts
    union all select addition = '{"intent": "other", "reason": "It asks."}' from agent_steps where name = 'classify'
    union all select addition = '{"kind": "ask", "reasons": ["One.", "Two."]}' from agent_steps where name = 'review'`.execute(
    db,
  )
  expect(rows).toEqual(Array.from({ length: 4 }, () => ({ isSame: true })))
})

async function undo(db: Kysely<DB>, name: string): Promise<void> {
  while ((await migrateDown(db)) !== name);
}

function addStep(
  db: Kysely<DB>,
  { addition, ...step }: { userId: string; traceId: string; name: 'classify' | 'review'; addition: object },
) {
  const position = step.name === 'classify' ? 0 : 5
  const times = { startedAt: new Date().toISOString(), ms: 1 }
  const json = { input: 'null', output: 'null', addition: JSON.stringify(addition) }
  return db
    .insertInto('agentSteps')
    .values({ ...step, ...times, ...json, position, status: 'completed' })
    .execute()
}
