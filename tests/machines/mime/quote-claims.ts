import type { QuoteCase } from './quote-cases.ts'

/**
 * What of a file's claims the fresh text does not hold. A library may call a quotation between two answers "not
 * hidden"; here, what is quoted is no fresh text, and what is neither quoted nor hidden is. Counts of fragments follow
 * each library's way of splitting and are read as: one fragment is all fresh, more are not.
 */
export function brokenClaims({ claims, text }: QuoteCase, fresh: string): string[] {
  const broken: string[] = []
  const demand = (isHeld: boolean, claim: string) => isHeld || broken.push(claim)
  const equal = (wanted: string | undefined, claim: string) =>
    wanted === undefined || demand(calm(fresh) === calm(wanted), claim)
  const squeezed = (wanted: string | undefined, claim: string) =>
    wanted === undefined || demand(isReply(squeeze(wanted), squeeze(fresh)), claim)

  equal(claims.visibleText ?? claims.visibleTextTrimmed, 'visibleText')
  const first = claims.firstFragment ?? claims.firstFragmentTrimmed
  // An answer between quotations goes on behind its first fragment.
  if (claims.quotedMatches) demand(calm(fresh).startsWith(calm(first ?? '')), 'firstFragment')
  else if (claims.visibleText === undefined) equal(first, 'firstFragment')
  if (claims.fragmentCount === 1) equal(text, 'fragmentCount')
  else if (claims.fragmentCount !== undefined) demand(calm(fresh).length < calm(text).length, 'fragmentCount')
  for (const { fragment, pattern, flags = 'm' } of claims.fragmentMatches ?? []) {
    const isFresh = isFreshFragment(claims, fragment)
    if (isFresh !== undefined) demand(new RegExp(pattern, flags).test(fresh) === isFresh, `fragmentMatches ${pattern}`)
  }
  for (const [fragment, wanted] of Object.entries(claims.fragmentText ?? {})) {
    const isFresh = isFreshFragment(claims, Number(fragment))
    if (wanted.trim() !== '') demand(calm(fresh).includes(calm(wanted)) === isFresh, `fragmentText ${fragment}`)
  }
  for (const pattern of claims.quotedMatches ?? []) demand(!new RegExp(pattern).test(fresh), `quotedMatches ${pattern}`)
  squeezed(claims.replyText ?? claims.replyTextIgnoringWhiteSpace, 'replyText')
  squeezed(claims.replyHtmlIgnoringWhiteSpace?.replace(/<[^>]*>/g, ''), 'replyHtml')
  if (claims.replyMustNotContain) demand(!fresh.includes(claims.replyMustNotContain), 'replyMustNotContain')
  if (typeof claims.signature === 'string') equal(withoutEnd(text, claims.signature), 'signature')
  return broken
}

/** Undefined where the source does not say. */
function isFreshFragment(
  { quoted, hidden, signature, quotedMatches, fragmentCount }: QuoteCase['claims'],
  fragment: number,
) {
  if (quoted?.[fragment] || hidden?.[fragment]) return false
  if (typeof signature === 'object' && signature[fragment]) return false
  if (fragment === 0 || hidden?.[fragment] === false) return true
  if (quotedMatches) return undefined
  return fragmentCount === 2 || !hidden ? false : undefined
}

/** talon leaves a signature with the reply; here it is set apart as well. */
function isReply(wanted: string, fresh: string): boolean {
  return (
    fresh === wanted ||
    (fresh !== '' && wanted.startsWith(fresh) && /^(?:--|Sentfrom)/.test(wanted.slice(fresh.length)))
  )
}

function withoutEnd(text: string, end: string): string {
  const whole = calm(text)
  return whole.endsWith(calm(end)) ? whole.slice(0, whole.length - calm(end).length) : whole
}

/** White space at line ends and the number of empty lines say nothing. */
function calm(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{2,}/g, '\n\n')
    .trim()
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '')
}
