import type { Request, Response } from 'express'
import type { AppContext } from '../context.ts'
import { checkHealth } from '../services/health/health.ts'

/** 200 while requests can be served, else 503: also while the process stops. */
export function healthHandler(ctx: AppContext) {
  return async (_req: Request, res: Response): Promise<void> => {
    const health = await checkHealth(ctx)
    res
      .status(health.status === 'down' ? 503 : 200)
      .set('Cache-Control', 'no-store')
      .json(health)
  }
}
