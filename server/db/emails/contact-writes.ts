import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { ContactSource } from '../../../shared-types/index.ts'
import type { DB } from '../engine/schema.ts'
import { idOf } from './contacts.ts'

/** What a person or a file says of a contact; what is left out is not told. */
export interface ContactFields {
  readonly name?: string | undefined
  readonly company?: string | null | undefined
  readonly notes?: string | null | undefined
}

/** The columns of what is told, each with who told it. */
export function columnsOf({ name, company, notes }: ContactFields, source: ContactSource) {
  return {
    ...(name === undefined ? {} : { name, nameSource: source }),
    ...(company === undefined ? {} : { company, companySource: source }),
    ...(notes === undefined ? {} : { notes, notesSource: source }),
  }
}

/** By any of their addresses; held until the transaction ends. */
export function lockByAddress(trx: Kysely<DB>, userId: string, address: string) {
  return trx
    .selectFrom('contacts')
    .where('userId', '=', userId)
    .where('id', '=', (eb) => idOf(eb, userId, address))
    .select(['id', 'version'])
    .forUpdate()
    .executeTakeFirst()
}

/** Undefined when the address has become somebody's meanwhile. */
export function insertContact(
  trx: Kysely<DB>,
  userId: string,
  { address, fields, now }: { address: string; fields: ContactFields; now: string },
) {
  return trx
    .insertInto('contacts')
    .values({
      userId,
      id: randomUUID(),
      address,
      name: '',
      ...columnsOf(fields, 'owner'),
      createdAt: now,
      updatedAt: now,
    })
    .onConflict((conflict) => conflict.columns(['userId', 'address']).doNothing())
    .returning('id')
    .executeTakeFirst()
}

/** If it is still this version. */
export function changeContact(
  trx: Kysely<DB>,
  userId: string,
  { id, version, fields, now }: { id: string; version: number; fields: ContactFields; now: string },
) {
  return trx
    .updateTable('contacts')
    .set({ ...columnsOf(fields, 'owner'), updatedAt: now })
    .set({ version: sql`version + 1` })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .where('version', '=', version)
    .returning('id')
    .executeTakeFirst()
}

export function removeContacts(trx: Kysely<DB>, userId: string, ids: readonly string[]) {
  return trx.deleteFrom('contacts').where('userId', '=', userId).where('id', 'in', ids).returning('id').execute()
}

/** In one order for everybody, that of their addresses; held until the transaction ends. */
export function lockContacts(trx: Kysely<DB>, userId: string, ids: readonly string[]) {
  return trx
    .selectFrom('contacts')
    .where('userId', '=', userId)
    .where('id', 'in', ids)
    .orderBy('address')
    .select(['id', 'address', 'name', 'nameSource', 'company', 'companySource', 'notes', 'notesSource'])
    .select('lastContactedAt')
    .forUpdate()
    .execute()
}

/** Their further addresses. */
export function addressesOf(trx: Kysely<DB>, userId: string, ids: readonly string[]) {
  return trx
    .selectFrom('contactAddresses')
    .where('userId', '=', userId)
    .where('contactId', 'in', ids)
    .orderBy('address')
    .select(['contactId', 'address'])
    .execute()
}

export async function insertAddresses(
  trx: Kysely<DB>,
  userId: string,
  addresses: readonly { contactId: string; address: string }[],
): Promise<void> {
  if (addresses.length === 0) return
  await trx
    .insertInto('contactAddresses')
    .values(addresses.map((row) => ({ userId, ...row })))
    .onConflict((conflict) => conflict.columns(['userId', 'address']).doNothing())
    .execute()
}

export type LockedContact = Awaited<ReturnType<typeof lockContacts>>[number]

/** What a merge leaves of the one that stays, which the transaction holds. */
export async function writeMerged(
  trx: Kysely<DB>,
  userId: string,
  { id, address: _address, ...merged }: LockedContact,
  now: string,
): Promise<void> {
  await trx
    .updateTable('contacts')
    .set({ ...merged, updatedAt: now })
    .set({ version: sql`version + 1` })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .execute()
}
