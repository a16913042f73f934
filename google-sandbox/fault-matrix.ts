import type { FaultKind } from './faults.ts'

const rateLimited = { status: 429, reason: 'rateLimitExceeded' }

/** The 22 ways in which a call to Google fails. */
export const faultMatrix = {
  unauthorized: { status: 401, reason: 'authError', message: 'Invalid Credentials' },
  invalidGrant: {
    status: 400,
    json: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
  },
  rateLimitExceeded: { status: 403, reason: 'rateLimitExceeded', message: 'Rate Limit Exceeded' },
  userRateLimitExceeded: { status: 403, reason: 'userRateLimitExceeded', message: 'User Rate Limit Exceeded' },
  dailyLimitExceeded: { status: 403, reason: 'dailyLimitExceeded', message: 'Daily Limit Exceeded' },
  insufficientPermissions: { status: 403, reason: 'insufficientPermissions', message: 'Insufficient Permission' },
  domainPolicy: {
    status: 403,
    reason: 'domainPolicy',
    message: 'The domain administrators have disabled Gmail apps.',
  },
  tooManyRequests: { ...rateLimited, message: 'Too many concurrent requests for user' },
  retryAfterSeconds: { ...rateLimited, message: 'Resource has been exhausted (e.g. check quota).', retryAfter: '2' },
  retryAfterDate: {
    ...rateLimited,
    message: 'Resource has been exhausted (e.g. check quota).',
    retryAfter: () => inFuture(2_000).toUTCString(),
  },
  retryAfterInMessage: {
    ...rateLimited,
    message: () => `User-rate limit exceeded.  Retry after ${inFuture(15 * 60_000).toISOString()}`,
  },
  notFound: { status: 404, reason: 'notFound', message: 'Requested entity was not found.' },
  invalidArgument: { status: 400, reason: 'invalidArgument', message: 'Invalid argument.' },
  failedPrecondition: { status: 400, reason: 'failedPrecondition', message: 'Precondition check failed.' },
  internalError: { status: 500, reason: 'backendError', message: 'Internal error encountered.' },
  badGateway: { status: 502, html: '<html><title>Error 502 (Server Error)!!1</title><p>502.</p></html>' },
  unavailable: { status: 503, reason: 'backendError', message: 'The service is currently unavailable.' },
  gatewayTimeout: { status: 504, reason: 'backendError', message: 'Deadline exceeded.' },
  timeout: 'timeout',
  reset: 'reset',
  answerLost: 'answer-lost',
  truncatedJson: 'truncated-json',
} as const satisfies Record<string, FaultKind>

function inFuture(ms: number): Date {
  return new Date(Date.now() + ms)
}
