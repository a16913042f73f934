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

export interface RenewedTokens {
  readonly accessToken: Buffer
  readonly tokenExpiresAt: string
  /** Only when Google gave a new one. */
  readonly refreshToken?: Buffer
}

/** Stores a refreshed access token if the tokens are still those it was made from; undefined means somebody was faster. */
export function replaceMailboxTokens(
  db: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { from, to }: { from: { accessToken: Buffer | null; refreshToken: Buffer }; to: RenewedTokens },
) {
  return db
    .updateTable('mailboxes')
    .set(to)
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('status', '=', 'active')
    .where('accessToken', 'is not distinct from', from.accessToken)
    .where('refreshToken', '=', from.refreshToken)
    .returning('id')
    .executeTakeFirst()
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
