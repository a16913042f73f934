import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Intent, Reason } from '../../../shared-types/index.ts'
import { jsonText } from '../engine/json.ts'
import type { DB } from '../engine/schema.ts'
import { readerOf } from './retrieval.ts'

export const correctedByOwner: Reason = { code: 'CORRECTED_BY_OWNER', text: 'You said yourself what this e-mail is.' }

/**
 * The owner's word on a mail, for good: the model's own from before is kept beside it, and once both are the same again
 * there is nothing to keep. `agentVersion`: who sorts by now. The mail is locked.
 */
export async function correctIntent(
  trx: Kysely<DB>,
  userId: string,
  { emailId, intent, agentVersion, now }: { emailId: string; intent: Intent; agentVersion: string; now: string },
): Promise<void> {
  const kept = await trx
    .insertInto('intentCorrections')
    .columns(['userId', 'emailId', 'modelIntent', 'modelConfidence', 'agentVersion', 'intent', 'createdAt'])
    .expression((eb) =>
      eb
        .selectFrom('emails')
        .where('userId', '=', userId)
        .where('id', '=', emailId)
        .select(['userId', 'id', 'intent as modelIntent', 'confidence'])
        .select([sql.val(agentVersion).as('agentVersion'), sql.val(intent).as('intent')])
        .select([sql<string>`${now}::timestamptz`.as('createdAt')]),
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

/** What the owner has taught the agent so far. */
export interface Lessons {
  /** Mails they have sorted otherwise than a model had, newest first. */
  readonly examples: readonly { readonly subject: string; readonly text: string; readonly intent: Intent }[]
  /** How often the model was right about an intent, and how often wrong; an intent of which nothing is known is absent. */
  readonly decisions: readonly { readonly intent: Intent; readonly right: number; readonly wrong: number }[]
}

/** For the mail that is sorted next, in one statement. */
export function findLessons(
  db: Kysely<DB>,
  userId: string,
  wanted: { emailId: string; reader: string; agentVersion: string },
): Promise<Lessons> {
  return db
    .selectNoFrom((eb) => [
      jsonArrayFrom(selectExamples(eb, userId, wanted)).as('examples'),
      jsonArrayFrom(selectDecisions(eb, userId, wanted.agentVersion)).as('decisions'),
    ])
    .executeTakeFirstOrThrow()
}

/** Only what `reader` could read, as a run that may send must not depend on anything else. */
function selectExamples(
  { selectFrom }: ExpressionBuilder<DB, never>,
  userId: string,
  { emailId, reader }: { emailId: string; reader: string },
) {
  return selectFrom('intentCorrections')
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
}

/** Of who sorts by now: away from an intent it was wrong, and right where the draft was approved and the intent stood. */
function selectDecisions({ selectFrom }: ExpressionBuilder<DB, never>, userId: string, agentVersion: string) {
  const isCorrected = (eb: ExpressionBuilder<DB, 'trustDecisions'>) =>
    eb
      .selectFrom('drafts')
      .innerJoin('intentCorrections', (join) =>
        join
          .onRef('intentCorrections.userId', '=', 'drafts.userId')
          .onRef('intentCorrections.emailId', '=', 'drafts.emailId'),
      )
      .whereRef('drafts.userId', '=', 'trustDecisions.userId')
      .whereRef('drafts.id', '=', 'trustDecisions.draftId')
      .select('drafts.id')
  const wrong = selectFrom('intentCorrections')
    .where('userId', '=', userId)
    .where('agentVersion', '=', agentVersion)
    .whereRef('modelIntent', '<>', 'intent')
    .select((eb) => [eb.ref('modelIntent').$castTo<Intent>().as('intent'), sql<boolean>`false`.as('isRight')])
  const right = selectFrom('trustDecisions')
    .where('userId', '=', userId)
    .where('kind', '=', 'intent')
    .where('outcome', '=', 'approved')
    .where('agentVersion', '=', agentVersion)
    .where((eb) => eb.not(eb.exists(isCorrected(eb))))
    .select((eb) => [eb.ref('subject').$castTo<Intent>().as('intent'), sql<boolean>`true`.as('isRight')])
  return selectFrom(right.unionAll(wrong).as('decided'))
    .groupBy('decided.intent')
    .select([
      'decided.intent',
      sql<number>`count(*) filter (where decided.is_right)::integer`.as('right'),
      sql<number>`count(*) filter (where not decided.is_right)::integer`.as('wrong'),
    ])
}
