import type { RequestHandler } from 'express'
import { AppError } from '../errors.ts'

/** What waits behind so many would be answered after its caller has lost patience. */
const mostOpenRequests = 200
const retryAfterSeconds = 2

/** Refuses at once what could only be answered late, so that what is under way is answered in time: 503, Retry-After. */
export function shedOverload(most = mostOpenRequests): RequestHandler {
  let open = 0
  return (_req, res, next) => {
    if (open >= most) {
      return next(
        new AppError('UNAVAILABLE', 'Too many requests at once. Try again in a moment.', { retryAfterSeconds }),
      )
    }
    open += 1
    // Comes once however the exchange ends, also when the caller hangs up.
    res.once('close', () => void (open -= 1))
    next()
  }
}
