import type { Address } from '../../shared-types/index.ts'
import { type ContactDetail, contactDetailsIn } from '../mail/contact-details.ts'
import { troubleOf } from '../mail/display-name.ts'

const greetings: Readonly<Record<string, string>> = {
  en: 'Hello,',
  de: 'Guten Tag,',
  fr: 'Bonjour,',
  es: 'Buenos días:',
}

/** The body with a greeting that names nobody, where the display name is more than a name. */
export function withSafeGreeting(body: string, sender: Address, language: string): string {
  if (troubleOf(sender).size === 0) return body
  const words = new Set(wordsOf(`${sender.name} ${sender.address}`))
  const end = body.indexOf('\n')
  const line = end < 0 ? body : body.slice(0, end)
  if (!wordsOf(line).some((word) => words.has(word))) return body
  const mark = /[,!:](?=\s|$)/.exec(line.slice(0, 200))
  const below = end < 0 ? '' : body.slice(end)
  // A line without a mark is a greeting when it ends like none of a sentence.
  if (mark) return `${greetings[language] ?? ''}${line.slice(mark.index + 1)}${below}`.trim()
  if (line.length <= 80 && !/[.?]\s?$/.test(line)) return `${greetings[language] ?? ''}${below}`.trim()
  const kept = line.split(' ').filter((token) => !wordsOf(token).some((word) => words.has(word)))
  return `${kept.join(' ')}${below}`.trim()
}

/** Words as they are compared: a domain or an address is one. */
function wordsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .replaceAll('\u3002', '.')
    .toLowerCase()
    .split(/[\s<>()[\]{}"'“”„«»|,;:!?/\\]/)
    .map((word) => word.replace(/\.{1,9}$/, ''))
    .filter((word) => word.length > 1)
}

/**
 * The body without links, telephone numbers and IBANs that stand in what a stranger wrote and in nothing of the
 * owner's, and which kinds were left out.
 */
export function withoutStrangersDetails(
  body: string,
  { theirs, owners }: { theirs: readonly string[]; owners: readonly string[] },
): { body: string; leftOut: ContactDetail['kind'][] } {
  const strange = idsOf(theirs, originOf)
  const own = idsOf(owners, ({ kind, key }) => `${kind} ${key}`)
  const leftOut = contactDetailsIn(body).filter(
    (detail) => strange.has(originOf(detail)) && !own.has(`${detail.kind} ${detail.key}`),
  )
  let kept = ''
  let from = 0
  for (const { start, end } of leftOut) {
    kept += body.slice(from, start).replace(/[ \t]$/, '')
    from = end
  }
  const rest = (kept + body.slice(from)).trim()
  return { body: rest === '' ? '[…]' : rest, leftOut: [...new Set(leftOut.map(({ kind }) => kind))] }
}

/** A link that was cut short or made longer still leads to the same place. */
function originOf({ kind, key }: ContactDetail): string {
  return `${kind} ${kind === 'link' ? (/^[^/?#]*/.exec(key)?.[0] ?? '') : key}`
}

function idsOf(texts: readonly string[], idOf: (detail: ContactDetail) => string): Set<string> {
  return new Set(texts.flatMap(contactDetailsIn).map(idOf))
}
