import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

/** The place a token is sealed for: in another row it does not open. */
export function tokenPlace(userId: string, mailboxId: string, column: 'access_token' | 'refresh_token') {
  return { userId, table: 'mailboxes', column, rowId: mailboxId }
}

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
  const update = updateUnchanged(db, userId, mailboxId, from).set(to).where('status', '=', 'active')
  return (await update.executeTakeFirst()).numUpdatedRows > 0n
}

function updateUnchanged(db: Kysely<DB>, userId: string, mailboxId: string, tokens: SealedTokens) {
  return db
    .updateTable('mailboxes')
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('accessToken', 'is not distinct from', tokens.accessToken)
    .where('refreshToken', 'is not distinct from', tokens.refreshToken)
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

/** Stores the same tokens sealed anew, whatever the mailbox's status; false when they were changed meanwhile. */
export async function replaceSeals(
  db: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { from, to }: { from: SealedTokens; to: SealedTokens },
): Promise<boolean> {
  return (await updateUnchanged(db, userId, mailboxId, from).set(to).executeTakeFirst()).numUpdatedRows > 0n
}
