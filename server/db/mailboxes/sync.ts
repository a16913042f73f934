import { type Kysely, sql, type Updateable } from 'kysely'
import { type Claim, takenOver } from '../../lease.ts'
import { isFree, leaseOf } from '../engine/lease.ts'
import type { DB, Mailboxes } from '../engine/schema.ts'

const what = 'the sync of this mailbox'

const columns = [
  'historyId',
  'historyTriedId',
  'syncedAfter',
  'failures',
  'importPageToken',
  'importAfter',
  'importHistoryId',
  'importDone',
  'resyncHistoryId',
  'resyncLabels',
  'resyncPageToken',
  'leaseEpoch',
] as const

/** Takes the mailbox for one sync; undefined when another holds it, when it waits for its next try or is not active. */
export function claimMailbox(db: Kysely<DB>, userId: string, mailboxId: string, claim: Claim) {
  const { now } = claim
  return db
    .updateTable('mailboxes')
    .set({ ...leaseOf(claim), leaseEpoch: sql`lease_epoch + 1`, lastTriedAt: now })
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('status', '=', 'active')
    .where((eb) => isFree(eb, claim))
    .where((eb) => eb.or([eb('retryAt', 'is', null), eb('retryAt', '<=', now)]))
    .returning(columns)
    .executeTakeFirst()
}

export type ClaimedMailbox = NonNullable<Awaited<ReturnType<typeof claimMailbox>>>

/** From now on no sync of the owner's mailboxes brings mail from before that moment. */
export async function raiseSyncedAfter(db: Kysely<DB>, userId: string, after: string): Promise<void> {
  await db
    .updateTable('mailboxes')
    .set({ syncedAfter: after })
    .where('userId', '=', userId)
    .where('syncedAfter', '<', after)
    .execute()
}

/** Why a mailbox cannot be taken. */
export function findSyncState(db: Kysely<DB>, userId: string, mailboxId: string) {
  return db
    .selectFrom('mailboxes')
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .select(['status', 'retryAt', 'leaseUntil'])
    .executeTakeFirst()
}

export type SyncProgress = Pick<
  Updateable<Mailboxes>,
  | 'status'
  | 'leaseUntil'
  | 'historyId'
  | 'historyTriedId'
  | 'syncedAfter'
  | 'lastSyncAt'
  | 'lastError'
  | 'retryAt'
  | 'failures'
  | 'tokenRefusals'
  | 'importPageToken'
  | 'importAfter'
  | 'importHistoryId'
  | 'importDone'
  | 'importEstimated'
  | 'resyncHistoryId'
  | 'resyncLabels'
  | 'resyncPageToken'
>

/** Moves cursor and progress, fenced by the epoch of the claim: HeldError when another claim has followed. */
export async function updateMailbox(
  db: Kysely<DB>,
  userId: string,
  mailboxId: string,
  epoch: number,
  progress: SyncProgress,
): Promise<void> {
  const row = await db
    .updateTable('mailboxes')
    .set(progress)
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('leaseEpoch', '=', epoch)
    .returning('id')
    .executeTakeFirst()
  if (!row) throw takenOver(what)
}

/** Counts a sync that failed; refusals of the token in a row are counted by themselves. Fenced. */
export async function countFailure(
  trx: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { epoch, isTokenRefused }: { epoch: number; isTokenRefused: boolean },
) {
  const row = await trx
    .updateTable('mailboxes')
    .set({ failures: sql`failures + 1`, tokenRefusals: isTokenRefused ? sql`token_refusals + 1` : 0 })
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('leaseEpoch', '=', epoch)
    .returning(['failures', 'tokenRefusals', 'status', 'address'])
    .executeTakeFirst()
  if (!row) throw takenOver(what)
  return row
}

/** The owner's display name, learned from the first mail they wrote themselves. */
export async function setDisplayName(trx: Kysely<DB>, userId: string, mailboxId: string, name: string): Promise<void> {
  if (name === '') return
  await trx
    .updateTable('mailboxes')
    .set({ displayName: name })
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('displayName', '=', '')
    .execute()
}
