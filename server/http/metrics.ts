import type { Request, Response } from 'express'
import type { AppContext } from '../context.ts'
import { AppError } from '../errors.ts'
import { registry } from '../metrics.ts'
import { isLoopback } from '../security/network.ts'
import { isSameSecret } from '../security/secret.ts'

/** Figures for Prometheus: for this machine itself, or for whoever has METRICS_TOKEN. */
export function metricsHandler(ctx: AppContext) {
  return async (req: Request, res: Response): Promise<void> => {
    if (!mayRead(ctx, req)) throw new AppError('UNAUTHENTICATED', 'Metrics need METRICS_TOKEN as a bearer token.')
    res.type(registry.contentType).send(await registry.metrics())
  }
}

function mayRead({ config }: AppContext, req: Request): boolean {
  const [, token] = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '') ?? []
  if (config.metricsToken !== null && token !== undefined && isSameSecret(token, config.metricsToken)) return true
  // Through a proxy on this machine everybody seems to be local.
  const isForwarded = config.trustProxy === 0 && Boolean(req.headers['x-forwarded-for'] ?? req.headers.forwarded)
  return !isForwarded && isLoopback(req.ip ?? '')
}
