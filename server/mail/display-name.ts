import type { Address } from '../../shared-types/index.ts'
import { isSameMailbox, partsOf } from './addresses.ts'
import { contactDetailsIn, isDomain } from './contact-details.ts'

/** What a display name shows in place of, or beside, a name. `own address` is the sender's. */
export type NameTrouble = 'own address' | 'another address' | 'domain' | 'phone'

/** Endings of domains that no name ends in, whatever their case. */
const endings = new Set(['com', 'net', 'org', 'info', 'biz', 'shop', 'online', 'uk', 'eu', 'de', 'fr', 'es', 'io'])

export function troubleOf({ name, address }: Address): Set<NameTrouble> {
  const trouble = new Set<NameTrouble>()
  const plain = name.slice(0, 300).normalize('NFKC').replaceAll('\u3002', '.')
  const details = contactDetailsIn(plain)
  if (details.some(({ kind }) => kind === 'phone' || kind === 'iban')) trouble.add('phone')
  if (details.some(({ kind }) => kind === 'link')) trouble.add('domain')
  for (const token of tokensOf(plain)) {
    if (/.@./.test(token)) trouble.add(isSameMailbox(token, address) ? 'own address' : 'another address')
    else if (looksLikeDomain(token) && token.toLowerCase() !== partsOf(address)[0]) trouble.add('domain')
  }
  return trouble
}

/** `Dr.Smith` is a name without its blank. */
function looksLikeDomain(token: string): boolean {
  const ending = token.split('.').at(-1) ?? ''
  const isName = /^\p{Lu}\p{Ll}/u.test(ending) && !endings.has(ending.toLowerCase())
  return isDomain(token) && !isName
}

function tokensOf(plain: string): string[] {
  return plain
    .split(/[\s<>()[\]{}"'“”„«»|,;:/\\]/)
    .map((token) => token.replace(/^[.!?]{1,9}/, '').replace(/[.!?]{1,9}$/, ''))
    .filter((token) => token !== '')
}
