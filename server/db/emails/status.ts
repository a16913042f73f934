import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { EmailStatus, Intent, Reason } from '../../../shared-types/index.ts'
import { jsonText } from '../engine/json.ts'
import type { DB } from '../engine/schema.ts'

/** Moves the mail only if it is in one of `from`. */
export async function moveEmail(
  trx: Kysely<DB>,
  userId: string,
  emailId: string,
  { from, to, reasons }: { from: readonly EmailStatus[]; to: EmailStatus; reasons?: readonly Reason[] },
): Promise<boolean> {
  const row = await trx
    .updateTable('emails')
    .set({ status: to, ...(reasons ? { reasons: jsonText(reasons) } : {}) })
    .where('userId', '=', userId)
    .where('id', '=', emailId)
    .where('status', 'in', from)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** The same for mails that are told of alike. */
export async function moveEmails(
  trx: Kysely<DB>,
  userId: string,
  emailIds: readonly string[],
  { from, to, reasons }: { from: readonly EmailStatus[]; to: EmailStatus; reasons: readonly Reason[] },
): Promise<void> {
  if (emailIds.length === 0) return
  await trx
    .updateTable('emails')
    .set({ status: to, reasons: jsonText(reasons) })
    .where('userId', '=', userId)
    .where('id', 'in', emailIds)
    .where('status', 'in', from)
    .execute()
}

/** What a run found the mail to be; answers what it is now, which stays its owner's word where they have said one. */
export async function saveClassification(
  trx: Kysely<DB>,
  userId: string,
  emailId: string,
  found: { intent: Intent; confidence: number; language: string; reasons?: readonly Reason[] },
): Promise<{ intent: Intent; confidence: number; isCorrected: boolean }> {
  // Read from the row that is written: a correction that waits for nobody else is seen in no other way.
  const unlessCorrected = <T>(column: 'intent' | 'confidence' | 'reasons', value: RawBuilder<T>) =>
    sql<T>`case when is_corrected then ${sql.ref(column)} else ${value} end`
  const row = await trx
    .updateTable('emails')
    .set({
      intent: unlessCorrected('intent', sql<Intent>`${found.intent}::text`),
      confidence: unlessCorrected('confidence', sql<number>`${found.confidence}::real`),
      language: found.language,
      ...(found.reasons && { reasons: unlessCorrected('reasons', sql<string>`${jsonText(found.reasons)}::jsonb`) }),
    })
    .where('userId', '=', userId)
    .where('id', '=', emailId)
    .returning(['intent', 'confidence', 'isCorrected'])
    .executeTakeFirst()
  return {
    intent: row?.intent ?? found.intent,
    confidence: row?.confidence ?? 0,
    isCorrected: row?.isCorrected ?? false,
  }
}
