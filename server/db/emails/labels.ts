import { type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'

/** What is stored of these Gmail ids, as far as Gmail may still change it. */
export async function findStored(db: Kysely<DB>, userId: string, mailboxId: string, gmailIds: readonly string[]) {
  if (gmailIds.length === 0) return []
  return db
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('mailboxId', '=', mailboxId)
    .where('gmailId', 'in', gmailIds)
    .select(['id', 'gmailId', 'labels', 'goneAt'])
    .execute()
}

export type StoredEmail = Awaited<ReturnType<typeof findStored>>[number]

/** New labels; mail that `isGone` stays marked so, any other is here again. */
export async function setLabels(
  trx: Kysely<DB>,
  userId: string,
  emails: readonly { id: string; labels: readonly string[]; isGone: boolean }[],
): Promise<void> {
  if (emails.length === 0) return
  await sql`
    update emails set
      labels = array(select jsonb_array_elements_text(changed.labels)),
      gone_at = case when changed."isGone" then gone_at end
    from jsonb_to_recordset(${JSON.stringify(emails)}::jsonb) as changed (id uuid, labels jsonb, "isGone" boolean)
    where emails.user_id = ${userId} and emails.id = changed.id`.execute(trx)
}
