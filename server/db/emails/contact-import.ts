import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { jsonText } from '../engine/json.ts'
import type { DB } from '../engine/schema.ts'
import { columnsOf, type LockedContact } from './contact-writes.ts'

/** Whose each of these addresses is, as `findContact` has it. */
export async function ownersOf(
  trx: Kysely<DB>,
  userId: string,
  addresses: readonly string[],
): Promise<Map<string, string>> {
  const anyOf = sql<string>`any(${[...addresses]}::text[])`
  const named = await trx
    .selectFrom('contacts')
    .where('userId', '=', userId)
    .where('address', '=', anyOf)
    .select(['address', 'id'])
    .execute()
  const others = await trx
    .selectFrom('contactAddresses')
    .where('userId', '=', userId)
    .where('address', '=', anyOf)
    .select(['address', 'contactId as id'])
    .execute()
  return new Map([...named, ...others].map(({ address, id }) => [address, id]))
}

export interface ImportedContact {
  readonly address: string
  readonly name: string | undefined
  readonly company: string | undefined
  readonly notes: string | undefined
  readonly lastContactedAt: string | undefined
}

/** Those whose address has become somebody's meanwhile are left out. */
export function insertImported(trx: Kysely<DB>, userId: string, contacts: readonly ImportedContact[], now: string) {
  const rows = contacts
    .toSorted((a, b) => (a.address < b.address ? -1 : 1))
    .map(({ address, lastContactedAt = null, ...told }) => ({
      userId,
      id: randomUUID(),
      address,
      lastContactedAt,
      name: '',
      nameSource: 'mail' as const,
      company: null,
      companySource: null,
      notes: null,
      notesSource: null,
      ...columnsOf(told, 'import'),
      createdAt: now,
      updatedAt: now,
    }))
  return trx
    .insertInto('contacts')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['userId', 'address']).doNothing())
    .returning(['id', 'address'])
    .execute()
}

/** Writes what the transaction holds and an import has changed. */
export async function writeImported(
  trx: Kysely<DB>,
  userId: string,
  contacts: readonly LockedContact[],
  now: string,
): Promise<void> {
  await sql`
    update contacts set name = told.name, name_source = told."nameSource", company = told.company,
      company_source = told."companySource", notes = told.notes, notes_source = told."notesSource",
      last_contacted_at = told."lastContactedAt", version = version + 1, updated_at = ${now}
    from jsonb_to_recordset(${jsonText(contacts)}::jsonb) as told(
      id uuid, name text, "nameSource" text, company text, "companySource" text, notes text, "notesSource" text,
      "lastContactedAt" timestamptz
    )
    where contacts.user_id = ${userId} and contacts.id = told.id`.execute(trx)
}
