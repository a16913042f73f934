import type { Insertable, Kysely } from 'kysely'
import type { DB, OauthStates } from '../engine/schema.ts'

export async function insertOauthState(db: Kysely<DB>, state: Insertable<OauthStates>) {
  await db.insertInto('oauthStates').values(state).execute()
}

/** Takes the state out, once and only for the browser that began; undefined when there is none, or it expired. */
export function takeOauthState(
  db: Kysely<DB>,
  { stateHash, browserHash, now }: { stateHash: Buffer; browserHash: Buffer; now: string },
) {
  return db
    .deleteFrom('oauthStates')
    .where('stateHash', '=', stateHash)
    .where('browserHash', '=', browserHash)
    .where('expiresAt', '>', now)
    .returning(['purpose', 'userId', 'sessionId', 'nonce', 'codeVerifier', 'returnTo'])
    .executeTakeFirst()
}

/** Consents that nobody came back from. */
export async function deleteExpiredOauthStates(db: Kysely<DB>, now: string) {
  await db.deleteFrom('oauthStates').where('expiresAt', '<=', now).execute()
}
