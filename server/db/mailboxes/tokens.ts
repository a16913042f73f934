import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

/** The sealed tokens of a mailbox, and whether it may be used. */
export function findMailboxTokens(db: Kysely<DB>, userId: string, mailboxId: string) {
  return db
    .selectFrom('mailboxes')
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .select(['address', 'status', 'accessToken', 'refreshToken', 'tokenExpiresAt'])
    .executeTakeFirst()
}

export interface SealedTokens {
  readonly accessToken: Buffer | null
  readonly refreshToken: Buffer | null
}

export interface RenewedTokens {
  readonly accessToken: Buffer
  readonly tokenExpiresAt: string
  /** Only when Google gave a new one. */
  readonly refreshToken?: Buffer
}

/** Stores a refreshed access token if the tokens are still those it was made from; false means somebody was faster. */
export async function replaceMailboxTokens(
  db: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { from, to }: { from: SealedTokens; to: RenewedTokens },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('mailboxes')
    .set(to)
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('status', '=', 'active')
    .where('accessToken', 'is not distinct from', from.accessToken)
    .where('refreshToken', 'is not distinct from', from.refreshToken)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Stops an active mailbox whose grant is dead; undefined when it was stopped, or connected again, meanwhile. */
export function stopMailboxForReauth(
  db: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { refreshToken, lastError }: { refreshToken: Buffer | null; lastError: string },
) {
  return db
    .updateTable('mailboxes')
    .set({ status: 'needs_reauth', lastError })
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('status', '=', 'active')
    .where('refreshToken', 'is not distinct from', refreshToken)
    .returning(['id', 'address'])
    .executeTakeFirst()
}

/** A page of the sealed tokens of all owners, by mailbox. */
export function listSealedTokens(db: Kysely<DB>, { after, limit }: { after: string; limit: number }) {
  return db
    .selectFrom('mailboxes')
    .where('id', '>', after)
    .where((has) => has.or([has('accessToken', 'is not', null), has('refreshToken', 'is not', null)]))
    .orderBy('id')
    .limit(limit)
    .select(['userId', 'id as mailboxId', 'accessToken', 'refreshToken'])
    .execute()
}

/** Stores the same tokens sealed anew, whatever the mailbox's status; false when they were changed meanwhile. */
export async function replaceSeals(
  db: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { from, to }: { from: SealedTokens; to: SealedTokens },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('mailboxes')
    .set(to)
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('accessToken', 'is not distinct from', from.accessToken)
    .where('refreshToken', 'is not distinct from', from.refreshToken)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
