/** What Gmail found out about the sender; `none` when it said nothing. */
export type Dmarc = 'pass' | 'fail' | 'none'

/**
 * DMARC from the topmost Authentication-Results, if Gmail's own server wrote it (RFC 8601): any other such header
 * may have been sent along by the sender.
 */
export function dmarcOf(headers: Readonly<Record<string, string>>): Dmarc {
  const results = headers['authentication-results'] ?? ''
  if (!/^\s*mx\.google\.com\s*;/i.test(results)) return 'none'
  const verdict = /(?:^|;)\s*dmarc=(\w+)/i.exec(results)?.[1]?.toLowerCase()
  if (verdict === 'pass') return 'pass'
  return verdict === undefined || verdict === 'none' ? 'none' : 'fail'
}
