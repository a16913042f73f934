import { randomUUID } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'
import type { AppContext } from '../context.ts'
import { inRequest } from '../logger.ts'
import { httpDuration } from '../metrics.ts'
import { appRouter } from '../router.ts'
import { isStream } from './request-limits.ts'

/** Gives the request its id, and logs and measures how it ended: no query string, no header, no body. */
export function requestLog({ logger }: AppContext) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const start = performance.now()
    const { method, path } = req
    const requestId = randomUUID()
    res.locals['requestId'] = requestId
    res.setHeader('X-Request-Id', requestId)
    res.once('close', () => {
      const ms = performance.now() - start
      const status = res.writableFinished ? res.statusCode : 499
      // How long somebody listens says nothing of how fast we answer.
      const labels = { method: knownMethod(method), route: routeOf(path), status: String(status) }
      if (!isStream(path)) httpDuration.observe(labels, ms / 1000)
      const line = { requestId, method, path: path.slice(0, 200), status, ms: Math.round(ms) }
      // Probes come every few seconds and would bury everything else.
      if (path === '/health' || path === '/metrics') logger.trace(line, 'request')
      else logger.info(line, 'request')
    })
    inRequest(requestId, next)
  }
}

export function requestIdOf(res: Response): string {
  return String(res.locals['requestId'])
}

const procedures = new Set(Object.keys(appRouter._def.procedures))
const mounted = new Set(['/health', '/metrics', '/api/v1/auth/gmail/callback', '/api/v1/gmail/push', '/mcp'])

/** A label from a closed set, or every made-up path would become a time series. */
function routeOf(path: string): string {
  if (mounted.has(path)) return path
  if (!path.startsWith('/trpc/')) return 'other'
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (procedures.has(name)) return name
  return name.includes(',') ? 'batch' : 'other'
}

function knownMethod(method: string): string {
  return ['GET', 'POST', 'OPTIONS', 'HEAD'].includes(method) ? method : 'other'
}
