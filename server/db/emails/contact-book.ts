import { type Expression, type Kysely, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import {
  type Contact,
  type ContactEmailsInput,
  type ContactItem,
  type ContactPage,
  type EmailPage,
  Id,
  Instant,
  type ListContactsInput,
} from '../../../shared-types/index.ts'
import { storableText } from '../../../shared-types/text.ts'
import { AppError } from '../../errors.ts'
import { jsonList } from '../engine/json.ts'
import { parseCursor, parseCursorOf, toPage } from '../engine/page.ts'
import type { DB } from '../engine/schema.ts'
import { selectItems as selectEmails, toItem as toEmailItem } from './emails.ts'

const ByName = z.tuple([storableText(1_000), Id])
const ByContact = z.tuple([Instant, Id])

/** By name, or by the last contact with the newest first. */
export async function listContacts(db: Kysely<DB>, userId: string, input: ListContactsInput): Promise<ContactPage> {
  const query = selectContacts(db, userId)
    .where(holdsEach(db, userId, input.search ?? ''))
    .limit(input.limit + 1)
  if (input.orderBy === 'name') {
    const rows = await afterName(query, input.cursor).execute()
    return toPage(rows, input.limit, nameCursor, toContactItem)
  }
  let byContact = query.orderBy('contactOrder', 'desc').orderBy('id', 'desc')
  if (input.cursor) {
    const position = parseCursorOf(ByContact, input.cursor)
    byContact = byContact.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('contactOrder', 'id'), '<', tuple(...position)),
    )
  }
  return toPage(await byContact.execute(), input.limit, (row) => [row.contactOrder, row.id], toContactItem)
}

/** The same by name, with all that is known of each. */
export function contactsAfter(db: Kysely<DB>, userId: string, { cursor, limit }: { cursor?: string; limit: number }) {
  return afterName(selectContacts(db, userId), cursor).limit(limit).execute()
}

export async function getContact(db: Kysely<DB>, userId: string, contactId: string): Promise<Contact> {
  const row = await selectContacts(db, userId).where('id', '=', contactId).executeTakeFirst()
  if (!row) throw noContact()
  return { ...toContactItem(row), notes: row.notes }
}

/** What they wrote, and what the owner wrote to them; newest first. */
export async function listContactEmails(
  db: Kysely<DB>,
  userId: string,
  { contactId, ...input }: ContactEmailsInput,
): Promise<EmailPage> {
  const { address, otherAddresses } = await getContact(db, userId, contactId)
  let query = selectEmails(db)
    .where('userId', '=', userId)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('emailParticipants as part')
          .where('part.userId', '=', userId)
          .whereRef('part.emailId', '=', 'emails.id')
          .where('part.address', 'in', [address, ...otherAddresses])
          .where(sql<boolean>`(part.role = 'from') = (emails.direction = 'in')`)
          .select('part.emailId'),
      ),
    )
    .orderBy('receivedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  if (input.cursor) {
    const position = parseCursor(input.cursor)
    query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('receivedAt', 'id'), '<', tuple(...position)))
  }
  return toPage(await query.execute(), input.limit, (row) => [row.receivedAt, row.id], toEmailItem)
}

export function noContact(): AppError {
  return new AppError('NOT_FOUND', 'There is no such contact.')
}

function selectContacts(db: Kysely<DB>, userId: string) {
  return db
    .selectFrom('contacts')
    .where('userId', '=', userId)
    .select(['id', 'name', 'address', 'company', 'notes', 'nameSource', 'companySource', 'notesSource'])
    .select(['lastContactedAt', 'version', 'createdAt', 'updatedAt', 'sortName', 'contactOrder'])
    .select((eb) =>
      jsonList(
        eb
          .selectFrom('contactAddresses as other')
          .whereRef('other.userId', '=', 'contacts.userId')
          .whereRef('other.contactId', '=', 'contacts.id')
          .orderBy('other.address')
          .select('other.address as value'),
      ).as('otherAddresses'),
    )
}

export type ContactRow = Awaited<ReturnType<ReturnType<typeof selectContacts>['executeTakeFirstOrThrow']>>

function afterName(query: ReturnType<typeof selectContacts>, cursor: string | undefined) {
  const ordered = query.orderBy('sortName').orderBy('id')
  if (cursor === undefined) return ordered
  const position = parseCursorOf(ByName, cursor)
  return ordered.where(({ eb, refTuple, tuple }) => eb(refTuple('sortName', 'id'), '>', tuple(...position)))
}

export function nameCursor({ sortName, id }: Pick<ContactRow, 'sortName' | 'id'>): [string, string] {
  return [sortName, id]
}

/** Looked for as it stands, by its place: nothing in it is a pattern. */
function holdsEach(db: Kysely<DB>, userId: string, search: string): Expression<SqlBool> {
  const words = [...new Set(search.split(/\s+/))].filter((word) => word !== '')
  const holds = (text: Expression<string>, word: string) => sql<boolean>`strpos(${text}, fold_text(${word})) > 0`
  return sql.join(
    [
      sql<boolean>`true`,
      ...words.map((word) => {
        const others = db
          .selectFrom('contactAddresses')
          .where('userId', '=', userId)
          .where(holds(sql.ref('address'), word))
          .select('contactId')
        return sql`(${holds(sql.ref('contacts.search'), word)} or contacts.id in (${others}))`
      }),
    ],
    sql` and `,
  ) as Expression<SqlBool>
}

function toContactItem(row: ContactRow): ContactItem {
  const { notes: _notes, sortName: _name, contactOrder: _order, ...rest } = row
  const { nameSource: name, companySource: company, notesSource: notes, ...item } = rest
  return { ...item, sources: { name, company, notes } }
}
