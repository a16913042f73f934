/** What Gmail found out about the sender; `none` when it said nothing. */
export type Dmarc = 'pass' | 'fail' | 'none'

/** What Gmail recorded of the sender, in the words of RFC 8601; null where it said nothing, or nothing that is known. */
export interface Authentication {
  readonly spf: Verdict | null
  readonly dkim: Verdict | null
  readonly dmarc: Verdict | null
}

const verdicts = ['pass', 'fail', 'softfail', 'neutral', 'policy', 'none', 'temperror', 'permerror'] as const
export type Verdict = (typeof verdicts)[number]

type Headers = Readonly<Record<string, string>>

export function dmarcOf(headers: Headers): Dmarc {
  const said = verdictsOf('dmarc', gmailResults(headers))
  if (said.every((verdict) => verdict === 'none')) return 'none'
  return said.every((verdict) => verdict === 'pass') ? 'pass' : 'fail'
}

export function authenticationOf(headers: Headers): Authentication {
  const results = gmailResults(headers)
  const spf = onlyOne(verdictsOf('spf', results))
  const dkim = verdictsOf('dkim', results)
  // A mail may be signed by several, of which one is enough.
  const isSigned = dkim.includes('pass')
  return { spf, dkim: isSigned ? 'pass' : onlyOne(dkim), dmarc: onlyOne(verdictsOf('dmarc', results)) }
}

/** Verdicts that contradict each other verify nobody. */
function onlyOne(said: readonly string[]): Verdict | null {
  if (new Set(said).size > 1) return 'fail'
  return verdicts.find((verdict) => verdict === said[0]) ?? null
}

function verdictsOf(method: 'spf' | 'dkim' | 'dmarc', results: string): string[] {
  return [...results.matchAll(/;\s*(\w+)\s*=\s*(\w+)/g)].flatMap(([, name, verdict = '']) =>
    name?.toLowerCase() === method ? [verdict.toLowerCase()] : [],
  )
}

/**
 * The topmost Authentication-Results, if Gmail's own server wrote it (RFC 8601): any other such header may have been
 * sent along by the sender.
 */
function gmailResults(headers: Headers): string {
  const results = withoutSendersWords(headers['authentication-results'] ?? '')
  return /^\s*mx\.google\.com\s*;/i.test(results) ? results : ''
}

/** Comments and quoted strings repeat what the sender wrote, such as a local part of `a;dmarc=pass`. */
function withoutSendersWords(value: string): string {
  let plain = ''
  let depth = 0
  let isQuoted = false
  for (let index = 0; index < value.length; index++) {
    const character = value.charAt(index)
    if (character === '\\') index++
    else if (isQuoted) isQuoted = character !== '"'
    else if (character === '(') depth++
    else if (character === ')') depth = Math.max(0, depth - 1)
    else if (depth > 0) continue
    else if (character === '"') isQuoted = true
    else plain += character
  }
  return plain
}
