import { type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'
import { vectorOf } from './search.ts'

/**
 * Says anew by which words the owner's next mails are found; answers whether there may be more. False as well when the
 * owner's mail is up to date, or another worker is at it.
 */
export async function refillNext(trx: Kysely<DB>, userId: string, limit: number): Promise<boolean> {
  const refill = await trx
    .selectFrom('searchRefills')
    .where('userId', '=', userId)
    .select('afterId')
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (!refill) return false
  const next = await nextEmails(trx, userId, { afterId: refill.afterId, limit })
  await saveVectors(trx, userId, next)
  const lastId = next.at(-1)?.id
  if (lastId === undefined || next.length < limit) {
    await trx.deleteFrom('searchRefills').where('userId', '=', userId).execute()
    return false
  }
  await trx.updateTable('searchRefills').set({ afterId: lastId }).where('userId', '=', userId).execute()
  return true
}

/** Whether some of the owner's mail may still be found by its old words alone. */
export async function awaitsRefill(db: Kysely<DB>, userId: string): Promise<boolean> {
  const row = await db.selectFrom('searchRefills').where('userId', '=', userId).select('userId').executeTakeFirst()
  return row !== undefined
}

/** Locked in the order of their ids, as by everybody who locks several mails. */
async function nextEmails(
  trx: Kysely<DB>,
  userId: string,
  { afterId, limit }: { afterId: string | null; limit: number },
) {
  let query = trx.selectFrom('emails').where('userId', '=', userId)
  if (afterId) query = query.where('id', '>', afterId)
  const rows = await query
    .orderBy('id')
    .limit(limit)
    .select(['id', 'subject', 'fromName', 'fromAddress'])
    .select(sql<string>`left(text, 100000)`.as('text'))
    .forNoKeyUpdate()
    .execute()
  return rows.map(({ id, subject, text, fromName, fromAddress }) => {
    return { id, search: vectorOf({ subject, text, from: { name: fromName, address: fromAddress } }) }
  })
}

async function saveVectors(trx: Kysely<DB>, userId: string, emails: readonly { id: string; search: string }[]) {
  await sql`
    update emails set search = refilled.search::tsvector
    from jsonb_to_recordset(${JSON.stringify(emails)}::jsonb) as refilled (id uuid, search text)
    where emails.user_id = ${userId} and emails.id = refilled.id`.execute(trx)
}
