import type { RequestHandler } from 'express'
import type { AppContext } from '../context.ts'

/** Behind a proxy that is not announced all callers look like one, and share its limits: the operator must know. */
export function warnOfProxy({ config, logger }: AppContext): RequestHandler {
  let isTold = config.trustProxy > 0
  return (req, _res, next) => {
    if (!isTold && req.headers['x-forwarded-for'] !== undefined) {
      isTold = true
      logger.warn(
        'a request came with X-Forwarded-For and TRUST_PROXY is not set: if a proxy stands in front, all callers ' +
          'count as one address; set TRUST_PROXY to the number of proxies',
      )
    }
    next()
  }
}
