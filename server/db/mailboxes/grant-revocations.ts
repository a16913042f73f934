import type { Insertable, Kysely } from 'kysely'
import type { Claim } from '../../lease.ts'
import { isFree, leaseOf } from '../engine/lease.ts'
import type { DB, GrantRevocations } from '../engine/schema.ts'

// Grants that are to be ended belong to a Google account, and to no owner of ours any more: no query here asks for one.

export async function insertRevocation(trx: Kysely<DB>, revocation: Insertable<GrantRevocations>): Promise<void> {
  await trx.insertInto('grantRevocations').values(revocation).execute()
}

/** Takes it; undefined when it is over, or another worker holds it. */
export function claimRevocation(db: Kysely<DB>, id: string, claim: Claim) {
  return db
    .updateTable('grantRevocations')
    .set(leaseOf(claim))
    .where('id', '=', id)
    .where((eb) => isFree(eb, claim))
    .returning(['id', 'googleSubject', 'refreshToken'])
    .executeTakeFirst()
}

export function findRevocation(db: Kysely<DB>, id: string) {
  return db.selectFrom('grantRevocations').where('id', '=', id).select('leaseUntil').executeTakeFirst()
}

export async function releaseRevocation(db: Kysely<DB>, id: string): Promise<void> {
  await db.updateTable('grantRevocations').set({ leaseUntil: null }).where('id', '=', id).execute()
}

/** And with it the secret. */
export async function deleteRevocation(db: Kysely<DB>, id: string): Promise<void> {
  await db.deleteFrom('grantRevocations').where('id', '=', id).execute()
}

/**
 * This Google account has agreed anew: what was to be ended is not any more. False while a worker is at it, who may end
 * the new grant with the old one.
 */
export async function cancelRevocations(trx: Kysely<DB>, googleSubject: string, now: string): Promise<boolean> {
  const pending = await trx
    .selectFrom('grantRevocations')
    .where('googleSubject', '=', googleSubject)
    .select(['id', 'leaseUntil'])
    .forUpdate()
    .execute()
  if (pending.some(({ leaseUntil }) => leaseUntil !== null && leaseUntil >= now)) return false
  await trx.deleteFrom('grantRevocations').where('googleSubject', '=', googleSubject).execute()
  return true
}

/** Those that Google could not be asked for so long; answers which. */
export async function deleteOldRevocations(db: Kysely<DB>, before: string): Promise<string[]> {
  const rows = await db.deleteFrom('grantRevocations').where('createdAt', '<', before).returning('id').execute()
  return rows.map(({ id }) => id)
}

/** All of them: few, and each for a day at most. */
export function listRevocations(db: Kysely<DB>) {
  return db.selectFrom('grantRevocations').select(['id', 'googleSubject', 'refreshToken']).execute()
}

/** Stores the same token sealed anew; false when it is gone, or was sealed anew by another. */
export async function replaceRevocationSeal(
  db: Kysely<DB>,
  id: string,
  { from, to }: { from: Buffer; to: Buffer },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('grantRevocations')
    .set({ refreshToken: to })
    .where('id', '=', id)
    .where('refreshToken', '=', from)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
