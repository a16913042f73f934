import type { Kysely } from 'kysely'
import type { ListSessionsInput, SessionItem, SessionPage } from '../../../shared-types/index.ts'
import { parseCursor, toPage } from '../engine/page.ts'
import type { DB } from '../engine/schema.ts'

/** Where a session is, as far as its requests tell. */
export interface Place {
  readonly device: string | null
  readonly network: string | null
}

export async function insertSession(
  db: Kysely<DB>,
  userId: string,
  session: Place & { id: string; createdAt: string },
): Promise<void> {
  await db
    .insertInto('sessions')
    .values({ userId, ...session, lastUsedAt: session.createdAt })
    .execute()
}

/** It goes on from here. */
export async function touchSession(
  db: Kysely<DB>,
  userId: string,
  sessionId: string,
  { lastUsedAt, ...place }: Place & { lastUsedAt: string },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ ...place, lastUsedAt })
    .where('userId', '=', userId)
    .where('id', '=', sessionId)
    .execute()
}

/** Sessions that may still be refreshed, the newest first: begun after `begunAfter`, used after `usedAfter`. */
export async function listSessions(
  db: Kysely<DB>,
  userId: string,
  {
    limit,
    cursor,
    current,
    begunAfter,
    usedAfter,
  }: ListSessionsInput & { current: string; begunAfter: string; usedAfter: string },
): Promise<SessionPage> {
  let query = db
    .selectFrom('sessions')
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .where('createdAt', '>', begunAfter)
    .where((eb) => eb(eb.fn.coalesce('lastUsedAt', 'createdAt'), '>', usedAfter))
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .select(['id', 'createdAt', 'device', 'network'])
    .select((eb) => eb.fn.coalesce('lastUsedAt', 'createdAt').as('lastUsedAt'))
  if (cursor) {
    const position = parseCursor(cursor)
    query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('createdAt', 'id'), '<', tuple(...position)))
  }
  const item = (row: Omit<SessionItem, 'isCurrent'>) => ({ ...row, isCurrent: row.id === current })
  return toPage(await query.execute(), limit, (row) => [row.createdAt, row.id], item)
}

/** Ends all of them. */
export async function endSessions(trx: Kysely<DB>, userId: string, endedAt: string): Promise<void> {
  await trx.updateTable('sessions').set({ endedAt }).where('userId', '=', userId).where('endedAt', 'is', null).execute()
}

/** The session goes on, no other does. */
export async function endOtherSessions(
  trx: Kysely<DB>,
  userId: string,
  sessionId: string,
  endedAt: string,
): Promise<void> {
  await trx
    .updateTable('sessions')
    .set({ endedAt })
    .where('userId', '=', userId)
    .where('id', '<>', sessionId)
    .where('endedAt', 'is', null)
    .execute()
}

export async function isSessionAlive(db: Kysely<DB>, userId: string, sessionId: string): Promise<boolean> {
  const session = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.userId')
    .where('sessions.userId', '=', userId)
    .where('sessions.id', '=', sessionId)
    .where('sessions.endedAt', 'is', null)
    // One that a log-in begins in the moment of a deletion is none.
    .where('users.deletionId', 'is', null)
    .select('sessions.id')
    .executeTakeFirst()
  return session !== undefined
}

/** The same, and it stays so until the transaction ends. */
export async function lockAliveSession(trx: Kysely<DB>, userId: string, sessionId: string): Promise<boolean> {
  const session = await trx
    .selectFrom('sessions')
    .where('userId', '=', userId)
    .where('id', '=', sessionId)
    .where('endedAt', 'is', null)
    .forUpdate()
    .select('id')
    .executeTakeFirst()
  return session !== undefined
}

/** Ends the session, and with it every refresh token of its family. True when it was alive until now. */
export async function endSession(db: Kysely<DB>, userId: string, sessionId: string, endedAt: string): Promise<boolean> {
  const ended = await db
    .updateTable('sessions')
    .set({ endedAt })
    .where('userId', '=', userId)
    .where('id', '=', sessionId)
    .where('endedAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return ended !== undefined
}
