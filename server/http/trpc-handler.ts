import type { TRPCRequestInfo } from '@trpc/server/http'
import { createExpressMiddleware } from '@trpc/server/adapters/express'
import type { RequestHandler } from 'express'
import type { AppContext } from '../context.ts'
import { AppError } from '../errors.ts'
import { unexpectedErrors } from '../metrics.ts'
import { appRouter } from '../router.ts'
import { appErrorOf, toTrpcError } from '../routers/trpc.ts'
import { maxBatchSize, maxBodyBytes } from './request-limits.ts'
import { createRequestContext } from './request-context.ts'

export function trpcHandler(ctx: AppContext): RequestHandler {
  const answer = createExpressMiddleware({
    router: appRouter,
    maxBatchSize,
    maxBodySize: maxBodyBytes,
    createContext({ req, res, info }) {
      assertAuthAlone(info)
      return createRequestContext(ctx, req, res).catch((error: unknown) => {
        throw toTrpcError(error)
      })
    },
    responseMeta({ errors, type }) {
      // What tRPC refuses as a whole it would send as plain text.
      const json = errors.length > 0 && { 'content-type': 'application/json' }
      // In place of what tRPC says of a stream: nothing may keep it, and nothing may hold it back to press it together.
      if (type === 'subscription') return { headers: { ...json, 'cache-control': 'no-store, no-transform' } }
      const waits = errors.map((error) => appErrorOf(error).retryAfterSeconds ?? 0)
      const retryAfter = Math.max(0, ...waits)
      return { headers: { ...json, ...(retryAfter > 0 && { 'retry-after': String(retryAfter) }) } }
    },
    onError({ error, path }) {
      logFailure(ctx, error, path)
    },
  })
  return (req, res, next) => {
    // A path that makes no address, such as `//`, it refuses without a type.
    res.setHeader('Content-Type', 'application/json')
    answer(req, res, next)
  }
}

/** A bug is logged whole, an expected failure only by its reason: it is the caller's business. */
export function logFailure({ logger }: AppContext, error: unknown, path: string | undefined): void {
  const failure = appErrorOf(toTrpcError(error))
  if (failure.reason === 'INTERNAL') {
    unexpectedErrors.inc()
    logger.error({ err: failure.cause ?? failure, path }, 'unexpected error')
  } else if (failure.reason === 'UNAVAILABLE' || failure.reason === 'UPSTREAM_FAILED') {
    logger.warn({ err: failure, path }, 'request failed')
  } else {
    logger.info({ reason: failure.reason, path }, 'request refused')
  }
}

/** In a batch one request would try many passwords, and in a stream the headers are gone before a cookie is set. */
function assertAuthAlone({ calls, accept, type }: TRPCRequestInfo): void {
  const isAlone = calls.length === 1 && accept !== 'application/jsonl'
  if (type === 'mutation' && !isAlone && calls.some((call) => call.path.startsWith('auth.'))) {
    throw toTrpcError(new AppError('VALIDATION_FAILED', 'Call auth procedures one at a time, without batch or stream.'))
  }
}
