/** A way to reach or pay somebody, where it stands in a text. */
export interface ContactDetail {
  readonly kind: 'link' | 'phone' | 'iban'
  readonly start: number
  readonly end: number
  /** Equal for one and the same however it is written. */
  readonly key: string
}

const tokens = /[^\s<>()[\]{}"'“”„«»|]+/g
const scheme = /(?:h(?:tt|xx)ps?|ftp):\/\/|www\./i
const ibans = /\b[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]{4}){2,7}(?:[ \u00a0-]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g
const numbers = /\+?\(?\d(?:[ \u00a0\t()./-]{0,3}\d){6,}/g

/** Links, telephone numbers and IBANs, in order. */
export function contactDetailsIn(text: string): ContactDetail[] {
  const taken: ContactDetail[] = []
  const isFree = ({ start, end }: ContactDetail) => taken.every((other) => end <= other.start || start >= other.end)
  // An IBAN and many a link hold what looks like a telephone number.
  for (const found of [ibansIn(text), linksIn(text), phonesIn(text)]) taken.push(...found.filter(isFree))
  return taken.toSorted((a, b) => a.start - b.start)
}

function ibansIn(text: string): ContactDetail[] {
  return [...text.matchAll(ibans)].map(({ 0: written, index }) => {
    const key = written.replaceAll(/[^A-Z0-9]/g, '')
    return { kind: 'iban', start: index, end: index + written.length, key }
  })
}

function linksIn(text: string): ContactDetail[] {
  return [...text.matchAll(tokens)].flatMap(({ 0: token, index }): ContactDetail[] => {
    const from = scheme.exec(token)?.index ?? (isPath(token) ? token.lastIndexOf(':') + 1 : -1)
    if (from < 0) return []
    const written = withoutMarks(token.slice(from))
    const key = written
      .toLowerCase()
      .replace(/^[a-z]+:\/\//, '')
      .replace(/^www\./, '')
      .replace(/\/$/, '')
    return [{ kind: 'link', start: index + from, end: index + from + written.length, key }]
  })
}

/** `engine.example/pay`, with or without a word and a colon in front. */
function isPath(token: string): boolean {
  const slash = token.indexOf('/', token.lastIndexOf(':') + 1)
  return slash > 0 && slash < token.length - 1 && isDomain(token.slice(token.lastIndexOf(':') + 1, slash))
}

/** Two labels or more, the last of letters. */
export function isDomain(text: string): boolean {
  const labels = text.normalize('NFKC').replaceAll('\u3002', '.').split('.')
  const isLabel = (label: string) => /^[\p{L}\p{M}\p{N}-]{1,63}$/u.test(label)
  return labels.length > 1 && labels.every(isLabel) && /^(?:\p{L}{2,}|xn--[a-z0-9-]+)$/iu.test(labels.at(-1) ?? '')
}

function withoutMarks(written: string): string {
  let end = written.length
  while (end > 0 && '.,;:!?…'.includes(written.charAt(end - 1))) end -= 1
  return written.slice(0, end)
}

function phonesIn(text: string): ContactDetail[] {
  return [...text.matchAll(numbers)].flatMap(({ 0: written, index }): ContactDetail[] => {
    if (!isPhone(written)) return []
    // With or without the country's code in front it is one number.
    const key = written.replaceAll(/\D/g, '').slice(-7)
    return [{ kind: 'phone', start: index, end: index + written.length, key }]
  })
}

/** Days, sums in thousands and plain numbers, as of an order, are none. */
function isPhone(written: string): boolean {
  if (/^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./] ?\d{1,2}[-./] ?\d{2,4})(?!\d)/.test(written)) return false
  if (/^(?:\d{1,2}(?:[ \u00a0]\d{3}){2,3}|\d{1,3}(?:\.\d{3}){2,3})$/.test(written)) return false
  return !/^[1-9]\d{6,8}$/.test(written) && !/^[1-9]\d{15,}$/.test(written)
}
