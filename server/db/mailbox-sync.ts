import { type Kysely, sql } from 'kysely'
import type { DB } from './schema.ts'

const columns = [
  'id',
  'address',
  'historyId',
  'lastSyncAt',
  'importPageToken',
  'importAfter',
  'importHistoryId',
  'importDone',
  'leaseEpoch',
] as const

/** Takes the mailbox for one sync; undefined while another holds it or when it is not active. */
export function leaseMailbox(db: Kysely<DB>, userId: string, mailboxId: string, lease: { now: Date; until: Date }) {
  return db
    .updateTable('mailboxes')
    .set({ leaseUntil: lease.until.toISOString(), leaseEpoch: sql`lease_epoch + 1` })
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('status', '=', 'active')
    .where((eb) => eb.or([eb('leaseUntil', 'is', null), eb('leaseUntil', '<', lease.now.toISOString())]))
    .returning(columns)
    .executeTakeFirst()
}

export interface SyncProgress {
  readonly leaseUntil?: string | null
  readonly historyId?: string | null
  readonly lastSyncAt?: string
  readonly lastError?: string | null
  readonly importPageToken?: string | null
  readonly importAfter?: string | null
  readonly importHistoryId?: string | null
  readonly importDone?: number | null
  readonly importEstimated?: number | null
}

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
  if (!row) throw new Error('the sync of this mailbox was taken over by another worker')
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
