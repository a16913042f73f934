import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

export async function insertSession(db: Kysely<DB>, userId: string, session: { id: string; createdAt: string }) {
  await db
    .insertInto('sessions')
    .values({ userId, ...session })
    .execute()
}

export async function isSessionAlive(db: Kysely<DB>, userId: string, sessionId: string): Promise<boolean> {
  const session = await db
    .selectFrom('sessions')
    .where('userId', '=', userId)
    .where('id', '=', sessionId)
    .where('endedAt', 'is', null)
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
