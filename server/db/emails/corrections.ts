import { type Kysely, sql } from 'kysely'
import type { Intent, Reason } from '../../../shared-types/index.ts'
import { jsonText } from '../engine/json.ts'
import type { DB } from '../engine/schema.ts'
import { readerOf } from './retrieval.ts'

export const correctedByOwner: Reason = { code: 'CORRECTED_BY_OWNER', text: 'You said yourself what this e-mail is.' }

/**
 * The owner's word on a mail, for good: the model's own from before is kept beside it, and once both are the same again
 * there is nothing to keep. The mail is locked.
 */
export async function correctIntent(
  trx: Kysely<DB>,
  userId: string,
  { emailId, intent, now }: { emailId: string; intent: Intent; now: string },
): Promise<void> {
  const kept = await trx
    .insertInto('intentCorrections')
    .columns(['userId', 'emailId', 'modelIntent', 'modelConfidence', 'intent', 'createdAt'])
    .expression((eb) =>
      eb
        .selectFrom('emails')
        .where('userId', '=', userId)
        .where('id', '=', emailId)
        .select(['userId', 'id', 'intent as modelIntent', 'confidence'])
        .select([sql.val(intent).as('intent'), sql<string>`${now}::timestamptz`.as('createdAt')]),
    )
    .onConflict((oc) => oc.columns(['userId', 'emailId']).doUpdateSet({ intent, createdAt: now }))
    .returning('modelIntent')
    .executeTakeFirst()
  const isModels = kept?.modelIntent === intent
  if (isModels)
    await trx.deleteFrom('intentCorrections').where('userId', '=', userId).where('emailId', '=', emailId).execute()
  await trx
    .updateTable('emails')
    .set({ intent, confidence: 1, reasons: jsonText([correctedByOwner]), isCorrected: !isModels })
    .where('userId', '=', userId)
    .where('id', '=', emailId)
    .execute()
}

const mostExamples = 5

/**
 * The last mails that the owner has sorted, but for one: only what `reader` could read, as a run that may send must not
 * depend on anything else.
 */
export function findExamples(
  db: Kysely<DB>,
  userId: string,
  { emailId, reader }: { emailId: string; reader: string },
): Promise<{ subject: string; text: string; intent: Intent }[]> {
  return db
    .selectFrom('intentCorrections')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'intentCorrections.userId').onRef('emails.id', '=', 'intentCorrections.emailId'),
    )
    .where('intentCorrections.userId', '=', userId)
    .where('intentCorrections.emailId', '<>', emailId)
    .where((eb) => eb.exists(readerOf(eb, reader)))
    .orderBy('intentCorrections.createdAt', 'desc')
    .orderBy('intentCorrections.emailId')
    .limit(mostExamples)
    .select(['emails.subject', 'intentCorrections.intent'])
    .select(sql<string>`left(coalesce(nullif(emails.fresh_text, ''), emails.text), 500)`.as('text'))
    .execute()
}
