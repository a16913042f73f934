import { stringify } from 'csv-stringify/sync'
import { setImmediate } from 'node:timers/promises'
import type { ContactsExported, ExportContactsInput } from '../../../shared-types/index.ts'
import type { AppContext } from '../../context.ts'
import { contactsAfter, nameCursor } from '../../db/emails/contact-book.ts'
import { cursorOf } from '../../db/engine/page.ts'
import { betweenValues, neutralised, ownColumns } from './csv-columns.ts'

const rowsARead = 500
/** A part that `contacts.import` takes: its limit is on the request, in which the file is a JSON string. */
const maxJsonBytes = 900_000
const maxRows = 5_000

/** By name, as many as fit into one file. */
export async function exportContacts(
  { db }: AppContext,
  userId: string,
  { cursor }: ExportContactsInput,
): Promise<ContactsExported> {
  const lines = [stringify([[...ownColumns]], { record_delimiter: '\r\n' })]
  let [bytes, from] = [0, cursor]
  for (;;) {
    const rows = await contactsAfter(db, userId, { limit: rowsARead, ...(from !== undefined && { cursor: from }) })
    for (const row of rows) {
      const line = lineOf(row)
      bytes += Buffer.byteLength(JSON.stringify(line))
      if (bytes > maxJsonBytes || lines.length > maxRows) return partOf(lines, from ?? null)
      lines.push(line)
      from = cursorOf(nameCursor(row))
    }
    if (rows.length < rowsARead) return partOf(lines, null)
    await setImmediate()
  }
}

function partOf(lines: readonly string[], nextCursor: string | null): ContactsExported {
  return { csv: lines.join(''), count: lines.length - 1, nextCursor }
}

type Row = Awaited<ReturnType<typeof contactsAfter>>[number]

function lineOf({ name, address, otherAddresses, company, notes, lastContactedAt }: Row): string {
  const cells = [name, address, otherAddresses.join(betweenValues), company, notes, lastContactedAt]
  return stringify([cells.map((cell) => neutralised(cell ?? ''))], { record_delimiter: '\r\n' })
}
