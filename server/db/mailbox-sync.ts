import { type Kysely, sql, type Updateable } from 'kysely'
import type { DB, Mailboxes } from './schema.ts'

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
export function leaseMailbox(db: Kysely<DB>, userId: string, mailboxId: string, lease: { now: Date; until: Date }) {
  const now = lease.now.toISOString()
  return db
    .updateTable('mailboxes')
    .set({ leaseUntil: lease.until.toISOString(), leaseEpoch: sql`lease_epoch + 1`, lastTriedAt: now })
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('status', '=', 'active')
    .where((eb) => eb.or([eb('leaseUntil', 'is', null), eb('leaseUntil', '<', now)]))
    .where((eb) => eb.or([eb('retryAt', 'is', null), eb('retryAt', '<=', now)]))
    .returning(columns)
    .executeTakeFirst()
}

export type LeasedMailbox = NonNullable<Awaited<ReturnType<typeof leaseMailbox>>>

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

/** Moves cursor and progress, if the lease of this epoch still stands; throws when somebody took it over. */
export async function moveMailbox(
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
  if (!row) throw takenOver()
}

/** Counts a sync that failed; refusals of the token in a row are counted by themselves. Throws when somebody took it over. */
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
  if (!row) throw takenOver()
  return row
}

function takenOver(): Error {
  return new Error('the sync of this mailbox was taken over by another worker')
}

/** The owner's display name, learned from the first mail they wrote themselves. */
export async function nameMailbox(trx: Kysely<DB>, userId: string, mailboxId: string, name: string): Promise<void> {
  if (name === '') return
  await trx
    .updateTable('mailboxes')
    .set({ displayName: name })
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('displayName', '=', '')
    .execute()
}
