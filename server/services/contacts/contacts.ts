import type { Transaction } from 'kysely'
import type { Contact, UpsertContactInput } from '../../../shared-types/index.ts'
import type { AppContext } from '../../context.ts'
import { writeAudit } from '../../db/accounts/audit.ts'
import { getContact, noContact } from '../../db/emails/contact-book.ts'
import {
  changeContact,
  type ContactFields,
  insertContact,
  lockByAddress,
  removeContacts,
} from '../../db/emails/contact-writes.ts'
import type { DB } from '../../db/engine/schema.ts'
import { AppError } from '../../errors.ts'
import { readAddress } from '../../mail/canonical-address.ts'
import { inTransaction } from '../../step.ts'

/** CONTACT_CHANGED when it is not the version any more that was read. What is not named stays as it is. */
export function upsertContact(ctx: AppContext, userId: string, input: UpsertContactInput): Promise<Contact> {
  const { address, contactId, version = 0, ...fields } = input
  const now = ctx.clock.now().toISOString()
  return inTransaction(ctx, 'upsert-contact', async (trx) => {
    if (contactId === undefined) return upsertByAddress(trx, userId, { address: wanted(address), fields, now })
    if (await changeContact(trx, userId, { id: contactId, version, fields, now })) {
      return getContact(trx, userId, contactId)
    }
    await getContact(trx, userId, contactId)
    throw new AppError('CONTACT_CHANGED', 'The contact has changed since you read it. Look at it again.')
  })
}

/** Whoever makes it at the same moment, the other changes it. */
async function upsertByAddress(
  trx: Transaction<DB>,
  userId: string,
  told: { address: string; fields: ContactFields; now: string },
): Promise<Contact> {
  const { address, fields, now } = told
  const known = await lockByAddress(trx, userId, address)
  if (!known) {
    const made = await insertContact(trx, userId, { address, fields, now })
    return made ? getContact(trx, userId, made.id) : upsertByAddress(trx, userId, told)
  }
  if (Object.values(fields).some((field) => field !== undefined)) {
    await changeContact(trx, userId, { ...known, fields, now })
  }
  return getContact(trx, userId, known.id)
}

function wanted(written = ''): string {
  const address = readAddress(written)
  if (address === null)
    throw new AppError('VALIDATION_FAILED', 'The request is not valid: address: is no e-mail address')
  return address
}

/** Their mail stays, and makes them a contact again when more of it comes. */
export function deleteContact(ctx: AppContext, userId: string, contactId: string): Promise<{ ok: true }> {
  return inTransaction(ctx, 'delete-contact', async (trx) => {
    if ((await removeContacts(trx, userId, [contactId])).length === 0) throw noContact()
    await writeAudit(trx, userId, { at: ctx.clock.now(), action: 'CONTACT_DELETED', detail: { contactId } })
    return { ok: true }
  })
}
