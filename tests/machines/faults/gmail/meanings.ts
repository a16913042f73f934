import type { faultMatrix } from '../../../../google-sandbox/sandbox.ts'
import type { UpstreamKind } from '../../../../server/errors.ts'
import type { CallSiteName } from './call-sites.ts'

export type FaultName = keyof typeof faultMatrix

/** What a fault means for the product. */
export interface Meaning {
  /** The failure as a port of ours words it; null where the answer says all there is to know, and nothing has failed. */
  readonly kind: UpstreamKind | null
  /** One alone is made good within the call. */
  readonly isCured: boolean
  /** What the mailbox's last error is called when it lasts; else it is told in words. */
  readonly lastError?: string
  /** How long Google asks to be left alone, in ms: at least and at most. */
  readonly waitMs?: readonly [number, number]
}

const hourMs = 3_600_000
const rejected = { kind: 'rejected', isCured: false } as const
const limited = { kind: 'rate_limited', isCured: true } as const
const away = { kind: 'unavailable', isCured: true } as const
/** A date in a header has whole seconds. */
const seconds = { kind: 'rate_limited', isCured: false, waitMs: [500, 2_500] } as const

const meanings: Readonly<Record<FaultName, Meaning>> = {
  unauthorized: { kind: 'needs_reauth', isCured: true, lastError: 'GMAIL_NEEDS_REAUTH' },
  invalidGrant: rejected,
  rateLimitExceeded: limited,
  userRateLimitExceeded: limited,
  dailyLimitExceeded: {
    kind: 'daily_limit',
    isCured: false,
    lastError: 'DAILY_LIMIT',
    waitMs: [0, 25 * hourMs],
  },
  insufficientPermissions: { kind: 'scope_missing', isCured: false, lastError: 'SCOPE_MISSING' },
  domainPolicy: { kind: 'domain_policy', isCured: false, lastError: 'DOMAIN_POLICY' },
  tooManyRequests: limited,
  retryAfterSeconds: seconds,
  retryAfterDate: seconds,
  retryAfterInMessage: { kind: 'rate_limited', isCured: false, waitMs: [0.24 * hourMs, 0.26 * hourMs] },
  notFound: { kind: 'not_found', isCured: false },
  invalidArgument: rejected,
  failedPrecondition: rejected,
  internalError: away,
  badGateway: away,
  unavailable: away,
  gatewayTimeout: away,
  timeout: { kind: 'timeout', isCured: true },
  reset: away,
  answerLost: away,
  truncatedJson: { kind: 'bad_answer', isCured: true },
}

const nothingFailed = { kind: null, isCured: false } as const
/** Never repeated but after a 401; an answer nobody can read leaves open what was done. */
const sending = { truncatedJson: { kind: 'unavailable', isCured: false } } as const

/** Where an answer means something else than elsewhere. */
const exceptions: Readonly<Partial<Record<CallSiteName, Partial<Record<FaultName, Meaning>>>>> = {
  'history.list': { notFound: { kind: 'history_expired', isCured: false } },
  // Asked whether it is there, or to see to it that it is not.
  'threads.get': { notFound: nothingFailed },
  'drafts.get': { notFound: nothingFailed },
  'drafts.delete': { notFound: nothingFailed, truncatedJson: nothingFailed },
  'drafts.create': sending,
  'drafts.send': sending,
  // Only `invalid_grant` is the owner's affair; all else passes, or is the operator's to mend.
  'token-refresh': {
    unauthorized: away,
    invalidGrant: { kind: 'needs_reauth', isCured: false, lastError: 'GMAIL_NEEDS_REAUTH' },
    insufficientPermissions: away,
    domainPolicy: away,
    notFound: away,
    invalidArgument: away,
    failedPrecondition: away,
    // The library reads the answer itself, and cannot.
    truncatedJson: away,
  },
}

const onlyOnce: readonly CallSiteName[] = ['drafts.create', 'drafts.send']

export function meaningOf(site: CallSiteName, fault: FaultName): Meaning {
  const meaning = exceptions[site]?.[fault] ?? meanings[fault]
  return onlyOnce.includes(site) ? { ...meaning, isCured: fault === 'unauthorized' } : meaning
}
