import { type Kysely, sql } from 'kysely'
import type { DraftFault, Intent } from '../../../shared-types/index.ts'
import { jsonText } from '../engine/json.ts'
import type { DB } from '../engine/schema.ts'

/** The agent's own words of this draft, before its owner changed them; undefined once a program has. */
export async function agentsBody(db: Kysely<DB>, userId: string, draftId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('draftVersions')
    .where('userId', '=', userId)
    .where('draftId', '=', draftId)
    .where('version', '=', 1)
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('draftVersions as changed')
            .where('changed.userId', '=', userId)
            .where('changed.draftId', '=', draftId)
            .where('changed.author', '=', 'program')
            .select('changed.version'),
        ),
      ),
    )
    .select('body')
    .executeTakeFirst()
  return row?.body
}

/** What this draft teaches, once a draft: the last word counts. */
export async function saveLesson(
  trx: Kysely<DB>,
  userId: string,
  {
    draftId,
    ...lesson
  }: {
    draftId: string
    outcome: 'edited' | 'not_usable'
    fault: DraftFault
    removed: readonly string[]
    added: readonly string[]
    learnedAt: string
  },
): Promise<void> {
  const { outcome, fault, learnedAt } = lesson
  const removed = jsonText(lesson.removed)
  const added = jsonText(lesson.added)
  await trx
    .insertInto('draftLessons')
    .columns(['userId', 'draftId', 'correspondent', 'intent', 'outcome', 'fault', 'removed', 'added', 'learnedAt'])
    .expression(
      trx
        .selectFrom('drafts')
        .innerJoin('emails', (join) =>
          join.onRef('emails.userId', '=', 'drafts.userId').onRef('emails.id', '=', 'drafts.emailId'),
        )
        .where('drafts.userId', '=', userId)
        .where('drafts.id', '=', draftId)
        .select(['drafts.userId', 'drafts.id', 'emails.fromAddress'])
        .select([
          sql<Intent>`coalesce(emails.intent, 'other')`.as('intent'),
          sql.val(outcome).as('outcome'),
          sql.val(fault).as('fault'),
          sql<string>`${removed}::jsonb`.as('removed'),
          sql<string>`${added}::jsonb`.as('added'),
          sql<string>`${learnedAt}::timestamptz`.as('learnedAt'),
        ]),
    )
    .onConflict((oc) => oc.columns(['userId', 'draftId']).doUpdateSet({ outcome, fault, removed, added, learnedAt }))
    .execute()
}

/** The owner went back to the agent's own words. */
export async function deleteLesson(trx: Kysely<DB>, userId: string, draftId: string): Promise<void> {
  await trx.deleteFrom('draftLessons').where('userId', '=', userId).where('draftId', '=', draftId).execute()
}

/** The newest lessons of drafts to this person, then of those for mail of this kind: five each at most. */
export async function findDraftLessons(
  db: Kysely<DB>,
  userId: string,
  { correspondent, intent }: { correspondent: string; intent: Intent },
) {
  const newest = (about: 'person' | 'kind') =>
    db
      .selectFrom('draftLessons')
      .where('userId', '=', userId)
      .orderBy('learnedAt', 'desc')
      .limit(5)
      .select(['fault', 'removed', 'added'])
      .select(sql.lit(about).as('about'))
  const ofPerson = newest('person').where('correspondent', '=', correspondent)
  const ofKind = newest('kind').where('intent', '=', intent).where('correspondent', '<>', correspondent)
  return db
    .selectFrom(ofPerson.as('person'))
    .selectAll()
    .unionAll(db.selectFrom(ofKind.as('kind')).selectAll())
    .execute()
}
