import { domainToASCII } from 'node:url'
import { stripInvisible } from './invisible-characters.ts'

export const maxAddressLength = 320

/** One spelling a mailbox: without quotes that it can do without; a look-alike letter of another script shows in it. */
export function canonicalAddress(plain: string): string | null {
  const at = plain.lastIndexOf('@')
  if (at < 1 || at === plain.length - 1 || plain.includes(' ') || plain.length > maxAddressLength) return null
  const domain = plain.slice(at + 1)
  const local = plain
    .slice(0, at)
    .replace(/^"(.+)"$/, (quoted, inside: string) => (isPlainLocal(inside) ? inside : quoted))
  const canonical = `${local}@${domainToASCII(domain) || domain}`.toLowerCase()
  return canonical.length > maxAddressLength ? null : canonical
}

/** Dots wherever they like: old phones of Docomo and au got such addresses, and mail programs quote them. */
export function isPlainLocal(local: string): boolean {
  return /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/.test(local)
}

/** An address that a person or a file wrote, in the spelling that mail has; null when it is none. */
export function readAddress(written: string): string | null {
  if (written.length > 2 * maxAddressLength) return null
  const plain = stripInvisible(written)
    .text.trim()
    .replace(/^mailto:/i, '')
  const at = plain.lastIndexOf('@')
  const domain = plain.slice(at + 1)
  if (/[\s<>(),;:\\"@]/.test(plain.slice(0, at).replace(/^"[^"\\]+"$/, ''))) return null
  const isDomain = !/\s/.test(domain) && domainToASCII(domain) !== ''
  return isDomain || /^\[[\da-f.:]{3,45}\]$/i.test(domain) ? canonicalAddress(plain) : null
}
