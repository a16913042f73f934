import type { ParsedMail } from '../../../server/mail/fields.ts'

/** A mail of the corpus with what somebody else's parser makes of it. */
export interface Expectation {
  readonly name: string
  readonly raw: Buffer
  /** What our reading says otherwise, in words for the report; empty when it agrees. */
  readonly differences: (mail: ParsedMail) => string[]
}

/** Nobody counts blanks and line ends. */
export function squeeze(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, '')
}

/**
 * People as one line. The product keeps addresses in lower case; a comment is no part of a name (RFC 5322, 3.2.2), and
 * a name that is the address says nothing.
 */
export function addressLine(people: readonly { name: string; address: string }[]): string {
  return people
    .map(({ name, address }) => [name.replace(/\s*\([\s\S]*\)/, '').trim(), address.toLowerCase()] as const)
    .map(([name, address]) => `${name.toLowerCase() === address ? '' : name} <${address}>`)
    .join(', ')
}
