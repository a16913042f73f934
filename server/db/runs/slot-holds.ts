import { type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'

interface Hour {
  readonly start: Date
  readonly end: Date
}

/** Whoever takes hours of this owner does so alone until the transaction ends. */
export async function lockSlotHolds(trx: Kysely<DB>, userId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('slot holds of ' || ${userId}::text, 0))`.execute(trx)
}

/** The same, where this run took any, after its mails are locked; false where it has none that could be given twice. */
export async function lockHoldsOfRun(trx: Kysely<DB>, userId: string, traceId: string): Promise<boolean> {
  const held = await trx
    .selectFrom('slotHolds')
    .where('userId', '=', userId)
    .where('traceId', '=', traceId)
    .select('traceId')
    .limit(1)
    .executeTakeFirst()
  if (held) await lockSlotHolds(trx, userId)
  return held !== undefined
}

/**
 * The hours to come that were taken for somebody else than who wrote this mail in this conversation; for all, where there
 * is no mail. Nothing has to give an hour back: it counts while its run is at work, while its draft may still go out, and
 * after that until the answer to it has been worked on.
 */
export async function findHeldHours(
  db: Kysely<DB>,
  userId: string,
  mail: { mailboxId: string; threadId: string; fromAddress: string } | null,
  now: Date,
): Promise<Hour[]> {
  const rows = await selectHolds(db, userId, now)
    .$if(mail !== null, (query) =>
      query.where(({ eb, not }) =>
        not(
          eb('emails.mailboxId', '=', mail?.mailboxId ?? '')
            .and('emails.threadId', '=', mail?.threadId ?? '')
            .and('emails.fromAddress', '=', mail?.fromAddress ?? ''),
        ),
      ),
    )
    .select(['slotHolds.startAt', 'slotHolds.endAt'])
    .execute()
  return rows.map(({ startAt, endAt }) => ({ start: new Date(startAt), end: new Date(endAt) }))
}

/** Whether any of an hour that this run took was promised to another person, by a reply that goes out or went out. */
export async function isPromisedToOther(db: Kysely<DB>, userId: string, traceId: string, now: Date): Promise<boolean> {
  const row = await selectHolds(db, userId, now)
    .where('drafts.status', 'in', ['approved', 'sending', 'unknown', 'sent'])
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('slotHolds as own')
          .innerJoin('traces as run', (join) =>
            join.onRef('run.userId', '=', 'own.userId').onRef('run.id', '=', 'own.traceId'),
          )
          .innerJoin('emails as mail', (join) =>
            join.onRef('mail.userId', '=', 'run.userId').onRef('mail.id', '=', 'run.emailId'),
          )
          .whereRef('own.userId', '=', 'slotHolds.userId')
          .where('own.traceId', '=', traceId)
          .whereRef('own.startAt', '<', 'slotHolds.endAt')
          .whereRef('slotHolds.startAt', '<', 'own.endAt')
          .whereRef('mail.fromAddress', '<>', 'emails.fromAddress')
          .select('own.traceId'),
      ),
    )
    .select('slotHolds.traceId')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Hours to come that count, each with the run that took it, its mail and, if it has one, its draft. */
function selectHolds(db: Kysely<DB>, userId: string, now: Date) {
  return db
    .selectFrom('slotHolds')
    .innerJoin('traces', (join) =>
      join.onRef('traces.userId', '=', 'slotHolds.userId').onRef('traces.id', '=', 'slotHolds.traceId'),
    )
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'traces.userId').onRef('emails.id', '=', 'traces.emailId'),
    )
    .leftJoin('drafts', (join) =>
      join.onRef('drafts.userId', '=', 'traces.userId').onRef('drafts.traceId', '=', 'traces.id'),
    )
    .where('slotHolds.userId', '=', userId)
    .where('slotHolds.endAt', '>', now.toISOString())
    .where(({ and, eb, exists, not, or, selectFrom }) =>
      or([
        eb('traces.status', 'in', ['queued', 'running']),
        eb('drafts.status', 'in', ['pending', 'approved', 'sending', 'unknown']),
        and([
          eb('drafts.status', '=', 'sent'),
          not(
            exists(
              selectFrom('emails as answer')
                .whereRef('answer.userId', '=', 'emails.userId')
                .whereRef('answer.mailboxId', '=', 'emails.mailboxId')
                .whereRef('answer.threadId', '=', 'emails.threadId')
                .whereRef('answer.fromAddress', '=', 'emails.fromAddress')
                .whereRef('answer.receivedAt', '>', 'emails.receivedAt')
                .where('answer.status', 'not in', ['pending', 'processing'])
                .select('answer.id'),
            ),
          ),
        ]),
      ]),
    )
}

/**
 * Takes these hours for the run, beside those it has: another worker that was overtaken may still be at it, and no hour
 * that a draft offers may be free. What is over goes.
 */
export async function holdHours(
  trx: Kysely<DB>,
  userId: string,
  { traceId, hours, now }: { traceId: string; hours: readonly Hour[]; now: Date },
): Promise<void> {
  await trx.deleteFrom('slotHolds').where('userId', '=', userId).where('endAt', '<=', now.toISOString()).execute()
  if (hours.length === 0) return
  await trx
    .insertInto('slotHolds')
    .values(
      hours.map(({ start, end }) => ({ userId, traceId, startAt: start.toISOString(), endAt: end.toISOString() })),
    )
    .onConflict((oc) => oc.columns(['userId', 'traceId', 'startAt']).doNothing())
    .execute()
}

/** Whether the run took exactly this hour. */
export async function isHeld(
  db: Kysely<DB>,
  userId: string,
  { traceId, start, end }: { traceId: string; start: string; end: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('slotHolds')
    .where('userId', '=', userId)
    .where('traceId', '=', traceId)
    .where('startAt', '=', start)
    .where('endAt', '=', end)
    .select('traceId')
    .executeTakeFirst()
  return row !== undefined
}
