import type { NextFunction, Request, Response } from 'express'
import type { AppContext } from '../context.ts'
import { AppError } from '../errors.ts'
import { appRouter } from '../router.ts'
import { type ProcedureMeta, usualBodyBytes } from '../routers/trpc.ts'
import { assertBodyFits } from './read-body.ts'

export const maxBodyBytes = 1_000_000
export const maxBatchSize = 10

/** A page may only call us from an origin that is configured; callers that are no page send none. */
export function checkOrigin({ config }: AppContext) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    const { origin } = req.headers
    if (origin === undefined || config.corsOrigins.includes(origin)) return next()
    next(new AppError('ORIGIN_NOT_ALLOWED', 'This page may not call this server: its origin is not in CORS_ORIGINS.'))
  }
}

/**
 * GET reads, POST carries JSON, nothing else. A form, or text in disguise, needs no CORS preflight, so that with
 * cookies any page could post it.
 */
export function checkMethodAndType(req: Request, _res: Response, next: NextFunction): void {
  switch (req.method) {
    case 'GET':
    case 'HEAD':
      return next()
    case 'POST':
      break
    default:
      return next(new AppError('METHOD_NOT_SUPPORTED', 'Queries are asked with GET, mutations with POST.'))
  }
  const [type = ''] = (req.headers['content-type'] ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/json') {
    return next(new AppError('UNSUPPORTED_CONTENT_TYPE', 'Send the request as application/json.'))
  }
  next()
}

/** Refuses by the announced size; what comes without one is cut off while it is read. */
export function checkSize(mostBytesOf: (req: Request) => number) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    assertBodyFits(req, mostBytesOf(req))
    next()
  }
}

const procedures = new Map(
  Object.entries(
    appRouter._def.procedures as unknown as Record<string, { _def: { type: string; meta?: ProcedureMeta } }>,
  ),
)

/** What the called procedures take together, a batch up to `maxBodyBytes`. */
export function maxBodyBytesOf(req: Request): number {
  const names = procedureNames(req.path).slice(0, maxBatchSize)
  const limits = names.map((name) => procedures.get(name)?._def.meta?.maxBodyBytes ?? usualBodyBytes)
  return Math.min(
    maxBodyBytes,
    limits.reduce((sum, limit) => sum + limit, 0),
  )
}

/** Whether the answer at this path is a stream that stays open; the path is read as tRPC reads it. */
export function isStream(path: string): boolean {
  const [name = '', ...others] = procedureNames(path.slice(path.lastIndexOf('/')))
  return others.length === 0 && procedures.get(name)?._def.type === 'subscription'
}

function procedureNames(path: string): string[] {
  try {
    return decodeURIComponent(path.slice(1)).split(',')
  } catch {
    return ['']
  }
}
