import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

/** Consents that nobody came back from. */
export async function deleteExpiredOauthStates(db: Kysely<DB>, now: string) {
  await db.deleteFrom('oauthStates').where('expiresAt', '<=', now).execute()
}

/** Counters whose window is over. */
export async function deleteExpiredCounters(db: Kysely<DB>, now: Date) {
  await db.deleteFrom('rateLimits').where('expire', '<', now.getTime()).execute()
}
