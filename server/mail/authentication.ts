/** What Gmail found out about the sender; `none` when it said nothing. */
export type Dmarc = 'pass' | 'fail' | 'none'

/**
 * DMARC from the topmost Authentication-Results, if Gmail's own server wrote it (RFC 8601): any other such header
 * may have been sent along by the sender.
 */
export function dmarcOf(headers: Readonly<Record<string, string>>): Dmarc {
  const results = withoutSendersWords(headers['authentication-results'] ?? '')
  if (!/^\s*mx\.google\.com\s*;/i.test(results)) return 'none'
  const verdicts = [...results.matchAll(/;\s*dmarc\s*=\s*(\w+)/gi)].map(([, verdict]) => verdict?.toLowerCase())
  if (verdicts.every((verdict) => verdict === 'none')) return 'none'
  return verdicts.every((verdict) => verdict === 'pass') ? 'pass' : 'fail'
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
