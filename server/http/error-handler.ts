import type { NextFunction, Request, Response } from 'express'
import type { AppContext } from '../context.ts'
import { AppError } from '../errors.ts'
import { appErrorOf, errorShapeOf, toTrpcError } from '../routers/trpc.ts'
import { logFailure } from './trpc-handler.ts'

export function notFound(_req: Request, _res: Response, next: NextFunction): void {
  next(new AppError('NOT_FOUND', 'There is nothing at this address.'))
}

/** Answers in the shape of a tRPC error wherever the request failed, so that one client can read them all. */
export function errorHandler(ctx: AppContext) {
  return (thrown: unknown, req: Request, res: Response, _next: NextFunction): void => {
    const error = toTrpcError(thrown)
    logFailure(ctx, error, req.path)
    if (res.headersSent) {
      res.destroy()
      return
    }
    const { retryAfterSeconds } = appErrorOf(error)
    if (retryAfterSeconds !== undefined) res.setHeader('Retry-After', retryAfterSeconds)
    const shape = errorShapeOf(error)
    res.status(shape.data.httpStatus).json({ error: shape })
  }
}
