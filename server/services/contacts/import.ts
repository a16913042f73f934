import type { Transaction } from 'kysely'
import { setImmediate } from 'node:timers/promises'
import {
  contactLimits,
  type ContactsImported,
  type ImportContactsInput,
  type ImportedLine,
} from '../../../shared-types/index.ts'
import type { AppContext } from '../../context.ts'
import { writeAudit } from '../../db/accounts/audit.ts'
import { insertImported, ownersOf, writeImported } from '../../db/emails/contact-import.ts'
import {
  addressesOf,
  columnsOf,
  insertAddresses,
  lockContacts,
  type LockedContact,
} from '../../db/emails/contact-writes.ts'
import type { DB } from '../../db/engine/schema.ts'
import { inTransaction } from '../../step.ts'
import { readContacts, type ToldContact } from './read-contacts.ts'

/** In one transaction: short enough for whoever waits for it. */
const linesAtOnce = 500

/**
 * A filled cell replaces what there was, whoever wrote it, and an empty one leaves it. The same file once more changes
 * nothing, so that an import that broke off is simply repeated.
 */
export async function importContacts(
  ctx: AppContext,
  userId: string,
  { csv }: ImportContactsInput,
): Promise<ContactsImported> {
  const told: ToldContact[] = []
  const lines: ImportedLine[] = []
  const lineOf = new Map<string, number>()
  for (const read of await readContacts(csv, ctx.clock.now().toISOString())) {
    if ('refusal' in read) {
      lines.push(refused(read.line, null, 'VALIDATION_FAILED', read.refusal))
      continue
    }
    const earlier = lineOf.get(read.address)
    if (earlier !== undefined) {
      lines.push(repeated(read, earlier))
      continue
    }
    // What an earlier line calls its own stays there, whatever is known already.
    const otherAddresses = read.otherAddresses.filter((address) => !lineOf.has(address))
    for (const address of [read.address, ...otherAddresses]) lineOf.set(address, read.line)
    told.push({ ...read, otherAddresses })
  }
  const lineOfContact = new Map<string, number>()
  for (let at = 0; at < told.length; at += linesAtOnce) {
    lines.push(...(await importSome(ctx, userId, told.slice(at, at + linesAtOnce), lineOfContact)))
    await setImmediate()
  }
  const count = (outcome: ImportedLine['outcome']) => lines.filter((line) => line.outcome === outcome).length
  return {
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    refused: count('refused'),
    lines: lines.toSorted((a, b) => a.line - b.line),
  }
}

async function importSome(
  ctx: AppContext,
  userId: string,
  told: readonly ToldContact[],
  lineOfContact: Map<string, number>,
): Promise<ImportedLine[]> {
  const at = ctx.clock.now()
  return inTransaction(ctx, 'import-contacts', async (trx) => {
    const lines = await writeLines(trx, userId, told, { now: at.toISOString(), lineOfContact })
    const count = (outcome: ImportedLine['outcome']) => lines.filter((line) => line.outcome === outcome).length
    const detail = { created: String(count('created')), updated: String(count('updated')) }
    if (lines.some(({ outcome }) => outcome === 'created' || outcome === 'updated')) {
      await writeAudit(trx, userId, { at, action: 'CONTACTS_IMPORTED', detail })
    }
    return lines
  })
}

interface Import {
  readonly now: string
  /** Which line was about a contact first. */
  readonly lineOfContact: Map<string, number>
}

async function writeLines(
  trx: Transaction<DB>,
  userId: string,
  told: readonly ToldContact[],
  { now, lineOfContact }: Import,
): Promise<ImportedLine[]> {
  const owners = await ownersOf(trx, userId, told.flatMap(allAddresses))
  const ids = [...new Set(owners.values())]
  const known = new Map((ids.length > 0 ? await lockContacts(trx, userId, ids) : []).map((row) => [row.id, row]))
  const others = Map.groupBy(ids.length > 0 ? await addressesOf(trx, userId, ids) : [], ({ contactId }) => contactId)
  const lines: ImportedLine[] = []
  const changed: LockedContact[] = []
  const added: { contactId: string; address: string }[] = []
  const unknown: ToldContact[] = []
  for (const contact of told) {
    const all = allAddresses(contact)
    const id = all.map((address) => owners.get(address)).find((owner) => owner !== undefined && known.has(owner))
    const row = id === undefined ? undefined : known.get(id)
    if (!row) {
      unknown.push(contact)
      continue
    }
    const free = all.filter((address) => !owners.has(address))
    const earlier = lineOfContact.get(row.id)
    if (earlier !== undefined) lines.push(repeated(contact, earlier))
    else if ((others.get(row.id)?.length ?? 0) + free.length > contactLimits.otherAddresses) {
      lines.push(refused(contact.line, contact.address, 'VALIDATION_FAILED', tooMany))
    } else {
      lineOfContact.set(row.id, contact.line)
      const next = withTold(row, contact)
      if (next) changed.push(next)
      added.push(...free.map((address) => ({ contactId: row.id, address })))
      lines.push(done(contact, next || free.length > 0 ? 'updated' : 'unchanged', row.id))
      if (!next && free.length > 0) changed.push(row)
    }
  }
  if (changed.length > 0) await writeImported(trx, userId, changed, now)
  const made = unknown.length > 0 ? await insertImported(trx, userId, unknown, now) : []
  const idOfMade = new Map(made.map(({ address, id }) => [address, id]))
  for (const contact of unknown) {
    const contactId = idOfMade.get(contact.address)
    if (contactId === undefined) continue
    lineOfContact.set(contactId, contact.line)
    const free = contact.otherAddresses.filter((address) => !owners.has(address))
    added.push(...free.map((address) => ({ contactId, address })))
    lines.push(done(contact, 'created', contactId))
  }
  await insertAddresses(trx, userId, added)
  // A mail has made a contact of them in this very moment.
  const overtaken = unknown.filter(({ address }) => !idOfMade.has(address))
  if (overtaken.length > 0) lines.push(...(await writeLines(trx, userId, overtaken, { now, lineOfContact })))
  return lines
}

/** Undefined when the file says nothing new. */
function withTold(row: LockedContact, contact: ToldContact): LockedContact | undefined {
  const { name, company, notes, lastContactedAt } = contact
  const next = {
    ...row,
    ...columnsOf({ ...(name !== row.name && { name }), ...(company !== row.company && { company }) }, 'import'),
    ...columnsOf({ ...(notes !== row.notes && { notes }) }, 'import'),
  }
  const isLater = lastContactedAt !== undefined && lastContactedAt > (row.lastContactedAt ?? '')
  const isSame = (['name', 'company', 'notes'] as const).every((field) => next[field] === row[field])
  if (isSame && !isLater) return undefined
  return isLater ? { ...next, lastContactedAt } : next
}

const tooMany = `A contact has at most ${contactLimits.otherAddresses} further addresses.`

function allAddresses({ address, otherAddresses }: ToldContact): string[] {
  return [address, ...otherAddresses]
}

function done({ line, address }: ToldContact, outcome: ImportedLine['outcome'], contactId: string): ImportedLine {
  return { line, outcome, contactId, address, reason: null, message: null }
}

function repeated({ line, address }: ToldContact, earlier: number): ImportedLine {
  return refused(line, address, 'CONTACT_REPEATED', `This is the contact of line ${earlier} once more.`)
}

function refused(
  line: number,
  address: string | null,
  reason: NonNullable<ImportedLine['reason']>,
  message: string,
): ImportedLine {
  return { line, outcome: 'refused', contactId: null, address, reason, message }
}
