import type { RequestHandler } from 'express'
import { AppError } from '../errors.ts'
import { createHoldings, type Shares } from './shares.ts'

/** What waits behind so many would be answered after its caller has lost patience; nobody is served alone. */
const mostOpen: Shares = { all: 200, network: 150, address: 100 }
const retryAfterSeconds = 2

/**
 * Refuses at once what could only be answered late, so that what is under way is answered in time: 503, Retry-After.
 * Stands behind `receiveBody`: a call is open when it is there as a whole, and how long it stays is up to us.
 */
export function shedOverload(most: Shares = mostOpen): RequestHandler {
  const open = createHoldings<object>(most)
  return (req, res, next) => {
    const clientAddress = req.ip ?? 'unknown'
    if (open.fullShare(clientAddress)) {
      return next(
        new AppError('UNAVAILABLE', 'Too many requests at once. Try again in a moment.', { retryAfterSeconds }),
      )
    }
    const held = open.hold(clientAddress, res)
    // Comes once however the exchange ends, also when the caller hangs up.
    res.once('close', () => held[Symbol.dispose]())
    next()
  }
}
