import type { Kysely } from 'kysely'
import { findContact } from '../db/emails/contacts.ts'
import type { DB } from '../db/engine/schema.ts'
import type { Crm } from '../ports.ts'

/** The owner's own address book. A company that only a mail has claimed is the owner's to see, and nothing to write from. */
export function createDatabaseCrm(db: Kysely<DB>): Crm {
  return {
    async find(userId, address) {
      const found = await findContact(db, userId, address)
      if (!found) return null
      const { companySource, ...contact } = found
      return companySource === 'mail' ? { ...contact, company: null } : contact
    },
  }
}
