import type { RequestHandler, Response } from 'express'
import type { AppContext } from '../context.ts'
import { AppError } from '../errors.ts'
import { shedOverload } from './overload.ts'
import { isStream } from './request-limits.ts'
import type { Shares } from './shares.ts'

/** They cost memory and next to no time, so there may be many; they leave room for calls, and calls for them. */
const mostStreams: Shares = { all: 1_000, network: 500, address: 200 }
/** Four pings that were not taken: nobody reads there any more. */
const silenceMs = 60_000

/** How many calls there may be at once, and apart from them how many streams, which stay. */
export function limitOpen(ctx: AppContext, most: Shares = mostStreams): RequestHandler {
  const [limitCalls, limitStreams, keep] = [shedOverload(), shedOverload(most), keepStreams(ctx)]
  return (req, res, next) => {
    if (!isStream(req.path)) return limitCalls(req, res, next)
    return limitStreams(req, res, (refusal?: unknown) => (refusal ? next(refusal) : keep(req, res, next)))
  }
}

/** A stream ends at once when the process stops: its client connects anew, and goes on where it was. */
function keepStreams({ stopping }: AppContext): RequestHandler {
  const open = new Set<Response>()
  stopping.addEventListener('abort', () => open.forEach((res) => res.destroy()), { once: true })
  return (_req, res, next) => {
    if (stopping.aborted) return next(new AppError('UNAVAILABLE', 'This server is stopping. Try again in a moment.'))
    open.add(res)
    res.once('close', () => open.delete(res))
    res.setTimeout(silenceMs, () => res.destroy())
    next()
  }
}
