import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

export interface NewRefreshToken {
  readonly id: string
  readonly sessionId: string
  readonly parentId: string | null
  readonly tokenHash: Buffer
  readonly createdAt: string
  readonly expiresAt: string
}

export async function insertRefreshToken(db: Kysely<DB>, userId: string, token: NewRefreshToken) {
  await db
    .insertInto('refreshTokens')
    .values({ userId, ...token })
    .execute()
}

/** Uses the token up, once: undefined when it is unknown, expired, used already or of an ended session. */
export function useRefreshToken(
  db: Kysely<DB>,
  userId: string,
  { tokenHash, now }: { tokenHash: Buffer; now: string },
) {
  return db
    .updateTable('refreshTokens')
    .from('sessions')
    .set({ usedAt: now })
    .where('refreshTokens.userId', '=', userId)
    .where('refreshTokens.tokenHash', '=', tokenHash)
    .where('refreshTokens.usedAt', 'is', null)
    .where('refreshTokens.expiresAt', '>', now)
    .where('sessions.userId', '=', userId)
    .whereRef('sessions.id', '=', 'refreshTokens.sessionId')
    .where('sessions.endedAt', 'is', null)
    .returning(['refreshTokens.id', 'refreshTokens.sessionId', 'sessions.createdAt as sessionCreatedAt'])
    .executeTakeFirst()
}

/** A token that was used up, with its successor; undefined for any other. */
export function findUsedRefreshToken(db: Kysely<DB>, userId: string, tokenHash: Buffer) {
  return db
    .selectFrom('refreshTokens as token')
    .innerJoin('refreshTokens as successor', (join) =>
      join.onRef('successor.userId', '=', 'token.userId').onRef('successor.parentId', '=', 'token.id'),
    )
    .innerJoin('sessions', (join) =>
      join.onRef('sessions.userId', '=', 'token.userId').onRef('sessions.id', '=', 'token.sessionId'),
    )
    .where('token.userId', '=', userId)
    .where('token.tokenHash', '=', tokenHash)
    .where('token.usedAt', 'is not', null)
    .select([
      'token.sessionId',
      'token.usedAt',
      'sessions.endedAt',
      'successor.id as successorId',
      'successor.tokenHash as successorHash',
      'successor.usedAt as successorUsedAt',
    ])
    .executeTakeFirst()
}

/** The session a token belongs to, whatever state either is in. */
export function findSessionOfToken(db: Kysely<DB>, userId: string, tokenHash: Buffer) {
  return db
    .selectFrom('refreshTokens')
    .where('userId', '=', userId)
    .where('tokenHash', '=', tokenHash)
    .select('sessionId')
    .executeTakeFirst()
}
