import type { Request, RequestHandler } from 'express'
import { readBody } from './read-body.ts'
import { createHoldings, type Shares } from './shares.ts'

const mostArriving: Shares = { all: 1_000, network: 200, address: 100 }

/**
 * Waits for the body, so that what comes after it only ever meets whole calls. Where too many arrive at once the eldest
 * of the same share gives way: a body takes milliseconds unless its sender means it to last.
 */
export function receiveBody(mostBytesOf: (req: Request) => number, most: Shares = mostArriving): RequestHandler {
  const arriving = createHoldings<AbortController>(most)
  return async (req, res, next) => {
    if (req.method !== 'POST') return next()
    const clientAddress = req.ip ?? 'unknown'
    const [eldest] = arriving.fullShare(clientAddress) ?? []
    eldest?.abort()
    const giveWay = new AbortController()
    const held = arriving.hold(clientAddress, giveWay)
    const release = () => held[Symbol.dispose]()
    res.once('close', release)
    giveWay.signal.addEventListener('abort', release)
    try {
      // A string is handed to the procedures as it is.
      req.body = (await readBody(req, mostBytesOf(req), { giveWay: giveWay.signal })).toString()
    } finally {
      release()
    }
    next()
  }
}
