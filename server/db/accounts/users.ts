import { type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'

// An account that is being deleted is none any more: nobody finds it.

/** The one look-up by address: nobody is signed in yet. */
export function findUserByEmail(db: Kysely<DB>, email: string) {
  return open(db).where('email', '=', email).select(['id', 'email', 'passwordHash']).executeTakeFirst()
}

export function findCredentials(db: Kysely<DB>, userId: string) {
  return open(db).where('id', '=', userId).select(['id', 'email', 'passwordHash']).executeTakeFirst()
}

export function findUser(db: Kysely<DB>, userId: string) {
  return open(db).where('id', '=', userId).select(['id', 'email']).executeTakeFirst()
}

function open(db: Kysely<DB>) {
  return db.selectFrom('users').where('deletionId', 'is', null)
}

/** The ids of those who have an account, as far as so many: enough to know whether there is one, or more than one. */
export async function firstUsers(db: Kysely<DB>, most: number): Promise<string[]> {
  return (await open(db).orderBy('id').limit(most).select('id').execute()).map(({ id }) => id)
}

/** Until the transaction ends nobody else who asks for it registers. */
export async function lockRegistration(trx: Kysely<DB>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('registration', 0))`.execute(trx)
}

/** Until the transaction ends nobody else locks this owner, or changes their password. */
export async function lockUser(trx: Kysely<DB>, userId: string): Promise<void> {
  await trx.selectFrom('users').where('id', '=', userId).forNoKeyUpdate().select('id').execute()
}

/** A user with default settings; undefined when the address is taken. */
export async function insertUser(db: Kysely<DB>, user: { id: string; email: string; passwordHash: string | null }) {
  const inserted = await db
    .insertInto('users')
    .values(user)
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning(['id', 'email'])
    .executeTakeFirst()
  if (inserted) await db.insertInto('settings').values({ userId: inserted.id }).execute()
  return inserted
}

export async function setPasswordHash(trx: Kysely<DB>, userId: string, passwordHash: string): Promise<void> {
  await trx.updateTable('users').set({ passwordHash }).where('id', '=', userId).execute()
}

/** Replaces the hash if it is still the one that was verified; whether it was. */
export async function replacePasswordHash(
  db: Kysely<DB>,
  userId: string,
  { from, to }: { from: string; to: string },
): Promise<boolean> {
  const row = await db
    .updateTable('users')
    .set({ passwordHash: to })
    .where('id', '=', userId)
    .where('passwordHash', '=', from)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
