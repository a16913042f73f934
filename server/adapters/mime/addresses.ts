import type { AddressObject, EmailAddress, ParsedMail as Parsed } from 'mailparser'
import type { Address } from '../../../shared-types/index.ts'
import { canonicalAddress, isPlainLocal, maxAddressLength } from '../../mail/canonical-address.ts'
import { rawHeader } from './headers.ts'
import { visibleLine } from './text.ts'

const maxNameLength = 200
const maxAddresses = 1_000

export type AddressHeader = 'from' | 'to' | 'cc' | 'bcc' | 'reply-to'

/** The mailboxes of a header, groups opened; those without a usable address are left out. */
export function addressesOf(head: Parsed, name: Exclude<AddressHeader, 'from'>): Address[] {
  const written = writtenAddresses(rawHeader(head.headerLines, name))
  const mailboxes = membersOf(valuesOf(head, name)).slice(0, maxAddresses)
  return mailboxes.flatMap((mailbox) => toAddress(mailbox, written) ?? [])
}

/**
 * The first mailbox of From and whether another address stands in the header as well. Where it names nobody a reply can
 * be addressed to, the address is empty, and what stands there is the name; both are empty where nothing does.
 */
export function senderOf(head: Parsed): { from: Address; hasMore: boolean } {
  const raw = rawHeader(head.headerLines, 'from')
  const written = writtenAddresses(raw)
  const [first, second] = membersOf(valuesOf(head, 'from'))
  const read = first && toAddress(first, written)
  const careless = read ? null : onlyBracketed(raw)
  if (careless) return { from: careless, hasMore: false }
  const standing = first?.name || first?.address || raw
  const name = /[\p{L}\p{N}]/u.test(standing) ? visibleLine(standing, maxNameLength) : ''
  const from = read ?? { name, address: '' }
  return { from, hasMore: second !== undefined || written.size > 1 }
}

/** Behind a quote or parenthesis that does not end, or after `mailto:`, a single address in brackets is meant. */
function onlyBracketed(raw: string): Address | null {
  const whole = raw.slice(0, 4 * maxAddressLength)
  const isUnended = (whole.match(/"/g)?.length ?? 0) % 2 === 1 || /\([^)]*$/.test(whole)
  const found = [...whole.matchAll(/<(mailto:)?([^<>()\s",;:@]{1,64}@[^<>()\s",;:@]{1,255})>/gi)]
  const [only, another] = found
  if (!only || another || whole.length < raw.length || !(isUnended || only[1])) return null
  const address = canonicalAddress(visibleLine(only[2] ?? '', maxAddressLength + 1))
  if (!address) return null
  const name = whole.slice(0, only.index).replaceAll(/["()]/g, '')
  return { name: visibleLine(name, maxNameLength), address }
}

function valuesOf(head: Parsed, name: AddressHeader): EmailAddress[] {
  const header = head.headers.get(name) as AddressObject | AddressObject[] | undefined
  return [header ?? []].flat().flatMap(({ value }) => value)
}

function membersOf(mailboxes: readonly EmailAddress[], depth = 0): EmailAddress[] {
  if (depth > 3) return []
  return mailboxes.flatMap((mailbox) => (mailbox.group ? membersOf(mailbox.group, depth + 1) : [mailbox]))
}

/** Null when it is too long, no address, or not written as one: a mended address might be somebody else's. */
function toAddress({ name, address = '' }: EmailAddress, written: ReadonlySet<string>): Address | null {
  const canonical = canonicalAddress(visibleLine(address, maxAddressLength + 1).replace(/ ?@ ?/, '@'))
  return canonical && written.has(canonical) ? { name: visibleLine(name, maxNameLength), address: canonical } : null
}

/** What stands in a header as an address, outside quoted names and comments, and is not one piece of a longer one. */
function writtenAddresses(raw: string): Set<string> {
  const words = withoutNames(raw)
    .replace(/\s+/g, ' ')
    .replace(/ ?@ ?/g, '@')
    .split(/[ <>,;:]+/)
  const addresses = words.filter((word, at) => word.includes('@') && !/^[.@]/.test(words[at + 1] ?? ''))
  return new Set(addresses.map((word) => canonicalAddress(visibleLine(word, maxAddressLength + 1)) ?? ''))
}

/** A quoted word before an `@` is no name but part of an address; it stays, without its quotes. */
function withoutNames(raw: string): string {
  let plain = ''
  let depth = 0
  let quotedFrom: number | null = null
  let [last, lastInk] = [' ', '']
  for (let index = 0; index < raw.length; index++) {
    const character = raw.charAt(index)
    if (character === '\\') index++
    else if (quotedFrom !== null) {
      if (character !== '"') continue
      const quoted = raw.slice(quotedFrom + 1, index)
      // Right behind something else it is only a piece of an address.
      const isWhole = /[\s<,;:]/.test(last) && !/[.@]/.test(lastInk)
      if (isWhole && isPlainLocal(quoted) && isBeforeAt(raw, index + 1)) plain += quoted
      quotedFrom = null
      last = lastInk = '"'
    } else if (character === '(') depth++
    else if (character === ')') depth = Math.max(0, depth - 1)
    else if (depth > 0) continue
    else if (character === '"') quotedFrom = index
    else {
      plain += character
      last = character
      if (!/\s/.test(character)) lastInk = character
    }
  }
  return plain
}

function isBeforeAt(raw: string, index: number): boolean {
  const blanks = /\s*@/y
  blanks.lastIndex = index
  return blanks.test(raw)
}
