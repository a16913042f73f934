import type { Kysely } from 'kysely'
import { findContact } from '../db/emails/contacts.ts'
import type { DB } from '../db/engine/schema.ts'
import type { Crm } from '../ports.ts'

/** The owner's own address book. */
export function createDatabaseCrm(db: Kysely<DB>): Crm {
  return { find: async (userId, address) => (await findContact(db, userId, address)) ?? null }
}
