import { domainToASCII } from 'node:url'
import type { AddressObject, EmailAddress } from 'mailparser'
import type { Address } from '../../../shared-types/index.ts'
import { visibleLine } from './text.ts'

const maxAddressLength = 320
const maxNameLength = 200
const maxAddresses = 1_000

export const nobody: Address = { name: '', address: '' }

/** The mailboxes of one or more headers, groups opened; those without a usable address are left out. */
export function addressesOf(header: AddressObject | AddressObject[] | undefined): Address[] {
  const mailboxes = membersOf([header ?? []].flat().flatMap(({ value }) => value))
  return mailboxes.slice(0, maxAddresses).flatMap((mailbox) => toAddress(mailbox) ?? [])
}

/** The first mailbox of From, whose address may be empty, and whether there are more. */
export function senderOf(header: AddressObject | undefined): { from: Address; hasMore: boolean } {
  const mailboxes = membersOf(header?.value ?? [])
  const [first] = mailboxes
  if (!first) return { from: nobody, hasMore: false }
  const from = toAddress(first) ?? { name: visibleLine(first.name, maxNameLength), address: '' }
  return { from, hasMore: mailboxes.length > 1 }
}

function membersOf(mailboxes: readonly EmailAddress[], depth = 0): EmailAddress[] {
  if (depth > 3) return []
  return mailboxes.flatMap((mailbox) => (mailbox.group ? membersOf(mailbox.group, depth + 1) : [mailbox]))
}

/** Null when it is too long or no address: a mended address might be somebody else's. */
function toAddress({ name, address = '' }: EmailAddress): Address | null {
  const plain = visibleLine(address, maxAddressLength + 1).replace(/ ?@ ?/, '@')
  const at = plain.lastIndexOf('@')
  if (at < 1 || at === plain.length - 1 || plain.includes(' ') || plain.length > maxAddressLength) return null
  const domain = plain.slice(at + 1)
  // One spelling a mailbox, and a look-alike letter of another script shows.
  const ascii = domainToASCII(domain) || domain
  const canonical = `${plain.slice(0, at)}@${ascii}`.toLowerCase()
  return canonical.length > maxAddressLength ? null : { name: visibleLine(name, maxNameLength), address: canonical }
}
