import { faultMatrix, type SandboxGoogle } from '../../../../google-sandbox/sandbox.ts'
import type { Random } from '../../../support/seeded-random.ts'

/** Those that pass: none asks for a person or for a quarter of an hour. */
const kinds = [
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'tooManyRequests',
  'retryAfterSeconds',
  'internalError',
  'badGateway',
  'unavailable',
  'gatewayTimeout',
  'reset',
  'answerLost',
  'truncatedJson',
] as const

/** Lets this share of Google's answers fail; `keepUp` is called often. */
export function injectFaults(google: SandboxGoogle, share: number, random: Random) {
  let injected = 0
  const before = google.journal.length
  return {
    get injected() {
      return injected
    },
    keepUp(): void {
      const due = Math.floor((google.journal.length - before) * share) - injected
      for (let count = 0; count < due; count++) {
        const kind = random.pick(kinds) ?? 'unavailable'
        google.inject({ match: { path: /^\/gmail\// }, times: 1, kind: faultMatrix[kind] })
        injected += 1
      }
    },
  }
}
