import type { Kysely } from 'kysely'
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

export async function saveClassification(
  trx: Kysely<DB>,
  userId: string,
  emailId: string,
  found: { intent: Intent; confidence: number; language: string; reasons?: readonly Reason[] },
): Promise<void> {
  await trx
    .updateTable('emails')
    .set({
      intent: found.intent,
      confidence: found.confidence,
      language: found.language,
      ...(found.reasons ? { reasons: jsonText(found.reasons) } : {}),
    })
    .where('userId', '=', userId)
    .where('id', '=', emailId)
    .execute()
}
