import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'

// What Gmail has, noted page by page while a mailbox is resynced, and in what it differs from what is stored here.
// Each row looks its counterpart up by a limited subquery: a join could be planned badly, for rows that are as new as
// these have no statistics yet, and then compares each with each.

/** Notes that Gmail has these messages, beside the labels already noted with these. */
export async function noteListed(
  trx: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { gmailIds, labels }: { gmailIds: readonly string[]; labels: readonly string[] },
): Promise<void> {
  if (gmailIds.length === 0) return
  await trx
    .insertInto('resyncListings')
    .values([...new Set(gmailIds)].map((gmailId) => ({ userId, mailboxId, gmailId, labels: [...labels] })))
    .onConflict((oc) =>
      oc.columns(['userId', 'mailboxId', 'gmailId']).doUpdateSet({
        labels: sql`array(select unnest(resync_listings.labels) union select unnest(excluded.labels))`,
      }),
    )
    .execute()
}

/** Notes a label of messages that were listed before; one that came later has its labels from elsewhere. */
export async function noteLabel(
  trx: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { gmailIds, label }: { gmailIds: readonly string[]; label: string },
): Promise<void> {
  if (gmailIds.length === 0) return
  await trx
    .updateTable('resyncListings')
    .set({ labels: sql`array_append(array_remove(labels, ${label}), ${label})` })
    .where('userId', '=', userId)
    .where('mailboxId', '=', mailboxId)
    .where('gmailId', 'in', gmailIds)
    .execute()
}

/** Stored mail that Gmail lists with one of these labels. */
export async function storedWithLabel(
  db: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { labels, limit }: { labels: readonly string[]; limit: number },
): Promise<string[]> {
  const rows = await selectStored(db, userId, mailboxId)
    .where((eb) => eb(listingOf(eb).where(overlaps(labels)), 'is not', null))
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** Stored mail that Gmail has not listed. */
export function storedButUnlisted(db: Kysely<DB>, userId: string, mailboxId: string, limit: number) {
  return selectStored(db, userId, mailboxId)
    .where((eb) => eb(listingOf(eb), 'is', null))
    .limit(limit)
    .execute()
}

function selectStored(db: Kysely<DB>, userId: string, mailboxId: string) {
  return db
    .selectFrom('emails')
    .where('emails.userId', '=', userId)
    .where('emails.mailboxId', '=', mailboxId)
    .where('emails.goneAt', 'is', null)
    .orderBy('emails.id')
    .select(['emails.id', 'emails.gmailId', 'emails.labels'])
}

function listingOf(eb: ExpressionBuilder<DB, 'emails'>) {
  return eb
    .selectFrom('resyncListings')
    .whereRef('resyncListings.userId', '=', 'emails.userId')
    .whereRef('resyncListings.mailboxId', '=', 'emails.mailboxId')
    .whereRef('resyncListings.gmailId', '=', 'emails.gmailId')
    .select('resyncListings.gmailId')
    .limit(1)
}

function overlaps(labels: readonly string[]) {
  return sql<boolean>`resync_listings.labels && ${[...labels]}::text[]`
}

/** What Gmail has and is not stored here, newest first: left out are these labels, and what is quarantined and not due. */
export async function listedButMissing(
  db: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { leftOut, now, limit }: { leftOut: readonly string[]; now: string; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('resyncListings')
    .where('resyncListings.userId', '=', userId)
    .where('resyncListings.mailboxId', '=', mailboxId)
    .where((eb) => eb.not(overlaps(leftOut)))
    .where((eb) => eb(emailOf(eb), 'is', null))
    .where((eb) => eb(quarantinedOf(eb).where('quarantinedMessages.retryAt', '>', now), 'is', null))
    // Ids of Gmail grow with time, and all have the same length.
    .orderBy('resyncListings.gmailId', 'desc')
    .limit(limit)
    .select('resyncListings.gmailId')
    .execute()
  return rows.map(({ gmailId }) => gmailId)
}

function emailOf(eb: ExpressionBuilder<DB, 'resyncListings'>) {
  return eb
    .selectFrom('emails')
    .whereRef('emails.userId', '=', 'resyncListings.userId')
    .whereRef('emails.mailboxId', '=', 'resyncListings.mailboxId')
    .whereRef('emails.gmailId', '=', 'resyncListings.gmailId')
    .select('emails.id')
    .limit(1)
}

function quarantinedOf(eb: ExpressionBuilder<DB, 'resyncListings'>) {
  return eb
    .selectFrom('quarantinedMessages')
    .whereRef('quarantinedMessages.userId', '=', 'resyncListings.userId')
    .whereRef('quarantinedMessages.mailboxId', '=', 'resyncListings.mailboxId')
    .whereRef('quarantinedMessages.gmailId', '=', 'resyncListings.gmailId')
    .select('quarantinedMessages.id')
    .limit(1)
}

/** Gives stored mail the labels Gmail lists it with, but for mail with one of `leftOut`; answers how much changed. */
export async function adoptListedLabels(
  trx: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { leftOut, limit }: { leftOut: readonly string[]; limit: number },
): Promise<number> {
  const { rows } = await sql`
    with differing as (
      select stored.id, resync_listings.labels from resync_listings
      cross join lateral (
        select id, labels, gone_at from emails
        where emails.user_id = resync_listings.user_id and emails.mailbox_id = resync_listings.mailbox_id
          and emails.gmail_id = resync_listings.gmail_id
        limit 1
      ) as stored
      where resync_listings.user_id = ${userId} and resync_listings.mailbox_id = ${mailboxId}
        and not ${overlaps(leftOut)}
        and (stored.gone_at is not null
          or not (stored.labels @> resync_listings.labels and stored.labels <@ resync_listings.labels))
      limit ${limit}
    )
    update emails set labels = differing.labels, gone_at = null from differing
    where emails.user_id = ${userId} and emails.id = differing.id
    returning emails.id`.execute(trx)
  return rows.length
}

/** These messages were looked at one by one: what is not stored now does not belong here. */
export async function deleteUnstored(
  trx: Kysely<DB>,
  userId: string,
  mailboxId: string,
  gmailIds: readonly string[],
): Promise<void> {
  if (gmailIds.length === 0) return
  await trx
    .deleteFrom('resyncListings')
    .where('resyncListings.userId', '=', userId)
    .where('resyncListings.mailboxId', '=', mailboxId)
    .where('resyncListings.gmailId', 'in', gmailIds)
    .where((eb) => eb(emailOf(eb), 'is', null))
    .execute()
}

export async function clearListing(trx: Kysely<DB>, userId: string, mailboxId: string): Promise<void> {
  await trx.deleteFrom('resyncListings').where('userId', '=', userId).where('mailboxId', '=', mailboxId).execute()
}
