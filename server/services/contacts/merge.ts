import { type Contact, contactLimits, type MergeContactsInput } from '../../../shared-types/index.ts'
import type { AppContext } from '../../context.ts'
import { writeAudit } from '../../db/accounts/audit.ts'
import { getContact, noContact } from '../../db/emails/contact-book.ts'
import {
  addressesOf,
  insertAddresses,
  lockContacts,
  type LockedContact,
  removeContacts,
  writeMerged,
} from '../../db/emails/contact-writes.ts'
import { AppError } from '../../errors.ts'
import { inTransaction } from '../../step.ts'

/** All of it or nothing. What would not fit into one contact is refused, so that nothing gets lost. */
export function mergeContacts(
  ctx: AppContext,
  userId: string,
  { intoId, fromIds }: MergeContactsInput,
): Promise<Contact> {
  return inTransaction(ctx, 'merge-contacts', async (trx) => {
    const locked = await lockContacts(trx, userId, [intoId, ...fromIds])
    const inOrder = [intoId, ...fromIds].map((id) => {
      const contact = locked.find((row) => row.id === id)
      if (!contact) throw noContact()
      return contact
    })
    const [into, ...others] = inOrder as [LockedContact, ...LockedContact[]]
    const addresses = await addressesOf(trx, userId, [intoId, ...fromIds])
    if (addresses.length + others.length > contactLimits.otherAddresses) {
      throw tooMuch(`a contact has at most ${contactLimits.otherAddresses} further addresses`)
    }
    const notes = joined(inOrder.map((contact) => contact.notes))
    await removeContacts(trx, userId, fromIds)
    const moved = addresses.filter(({ contactId }) => contactId !== intoId)
    await insertAddresses(
      trx,
      userId,
      [...others, ...moved].map(({ address }) => ({ contactId: intoId, address })),
    )
    await writeMerged(trx, userId, { ...others.reduce(union, into), notes }, ctx.clock.now().toISOString())
    const detail = { contactId: intoId, merged: String(fromIds.length) }
    await writeAudit(trx, userId, { at: ctx.clock.now(), action: 'CONTACTS_MERGED', detail })
    return getContact(trx, userId, intoId)
  })
}

/** Each once. */
function joined(notes: readonly (string | null)[]): string | null {
  const text = [...new Set(notes)].filter((note) => note !== null).join('\n\n')
  if (text.length <= contactLimits.notes) return text || null
  throw tooMuch(`notes have at most ${contactLimits.notes} characters. Shorten those of one contact first`)
}

/** But for the notes. */
function union(into: LockedContact, other: LockedContact): LockedContact {
  const { name, nameSource } = into.name === '' ? other : into
  const { company, companySource } = into.company === null && other.company !== null ? other : into
  const notesSource = into.notesSource === 'owner' ? 'owner' : (other.notesSource ?? into.notesSource)
  const [lastContactedAt = null] = [into.lastContactedAt, other.lastContactedAt]
    .filter((instant) => instant !== null)
    .toSorted((a, b) => b.localeCompare(a))
  return { ...into, name, nameSource, company, companySource, notesSource, lastContactedAt }
}

function tooMuch(rule: string): AppError {
  return new AppError('VALIDATION_FAILED', `These contacts do not fit into one: ${rule}.`)
}
