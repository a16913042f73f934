import type { Kysely } from 'kysely'
import type { ListTokensInput, TokenPage, TokenScope } from '../../../shared-types/index.ts'
import { parseCursor, toPage } from '../engine/page.ts'
import type { DB } from '../engine/schema.ts'

export interface NewPersonalToken {
  readonly id: string
  readonly tokenHash: Buffer
  readonly name: string
  readonly scopes: TokenScope[]
  readonly createdAt: string
  readonly expiresAt: string
}

export async function insertPersonalToken(trx: Kysely<DB>, userId: string, token: NewPersonalToken): Promise<void> {
  await trx
    .insertInto('personalTokens')
    .values({ userId, ...token })
    .execute()
}

export async function countPersonalTokens(trx: Kysely<DB>, userId: string, now: string): Promise<number> {
  const { count } = await trx
    .selectFrom('personalTokens')
    .where('userId', '=', userId)
    .where('expiresAt', '>', now)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** What it allows, while it is good for anything; noted as used now, unless it was after `usedBefore` already. */
export function usePersonalToken(
  db: Kysely<DB>,
  userId: string,
  { tokenHash, now, usedBefore }: { tokenHash: Buffer; now: string; usedBefore: string },
) {
  return db
    .with('found', (start) =>
      start
        .selectFrom('personalTokens')
        .where('userId', '=', userId)
        .where('tokenHash', '=', tokenHash)
        .where('expiresAt', '>', now)
        .select(['userId', 'id', 'scopes']),
    )
    .with('noted', (found) =>
      found
        .updateTable('personalTokens')
        .from('found')
        .set({ lastUsedAt: now })
        .whereRef('personalTokens.userId', '=', 'found.userId')
        .whereRef('personalTokens.id', '=', 'found.id')
        .where(({ eb, or }) =>
          or([eb('personalTokens.lastUsedAt', 'is', null), eb('personalTokens.lastUsedAt', '<=', usedBefore)]),
        ),
    )
    .selectFrom('found')
    .select(['id', 'scopes'])
    .executeTakeFirst()
}

/** Those that are good for something, the newest first. */
export async function listPersonalTokens(
  db: Kysely<DB>,
  userId: string,
  { limit, cursor, now }: ListTokensInput & { now: string },
): Promise<TokenPage> {
  let query = db
    .selectFrom('personalTokens')
    .where('userId', '=', userId)
    .where('expiresAt', '>', now)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .select(['id', 'name', 'scopes', 'createdAt', 'expiresAt', 'lastUsedAt'])
  if (cursor) {
    const position = parseCursor(cursor)
    query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('createdAt', 'id'), '<', tuple(...position)))
  }
  return toPage(
    await query.execute(),
    limit,
    (row) => [row.createdAt, row.id],
    (row) => row,
  )
}

/** True when it was there until now. */
export async function deletePersonalToken(trx: Kysely<DB>, userId: string, id: string): Promise<boolean> {
  const row = await trx
    .deleteFrom('personalTokens')
    .where('userId', '=', userId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function deletePersonalTokens(trx: Kysely<DB>, userId: string): Promise<void> {
  await trx.deleteFrom('personalTokens').where('userId', '=', userId).execute()
}

export async function deleteExpiredPersonalTokens(db: Kysely<DB>, now: string): Promise<void> {
  await db.deleteFrom('personalTokens').where('expiresAt', '<=', now).execute()
}
