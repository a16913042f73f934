/** Whether both reach one mailbox: `mara+news@` reaches `mara@`, and Gmail takes dots for nothing. */
export function isSameMailbox(a: string, b: string): boolean {
  return mailboxOf(a) === mailboxOf(b)
}

function mailboxOf(address: string): string {
  const [local, domain] = partsOf(address)
  const name = local.split('+', 1)[0] ?? ''
  const isGmail = domain === 'gmail.com' || domain === 'googlemail.com'
  return `${isGmail ? name.replaceAll('.', '') : name}@${isGmail ? 'gmail.com' : domain}`
}

/** Whether both belong to one organisation, as far as their domains tell: the same, or one below the other. */
export function isSameDomain(a: string, b: string): boolean {
  const [[, first], [, second]] = [partsOf(a), partsOf(b)]
  return first === second || first.endsWith(`.${second}`) || second.endsWith(`.${first}`)
}

/** In small letters: what stands before the last `@`, and after it. */
export function partsOf(address: string): [local: string, domain: string] {
  const at = address.lastIndexOf('@')
  return [address.slice(0, Math.max(at, 0)).toLowerCase(), address.slice(at + 1).toLowerCase()]
}
