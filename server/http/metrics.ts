import type { Request, Response } from 'express'
import type { AppContext } from '../context.ts'
import { AppError } from '../errors.ts'
import { registry } from '../metrics.ts'
import { isLoopback } from '../security/network.ts'
import { isSameSecret } from '../security/secret.ts'
import { refreshFigures } from '../services/health/figures.ts'

/** Figures for Prometheus: for whoever has METRICS_TOKEN; where none is set, for this machine itself. */
export function metricsHandler(ctx: AppContext) {
  return async (req: Request, res: Response): Promise<void> => {
    if (!mayRead(ctx, req)) throw new AppError('UNAUTHENTICATED', 'Metrics need METRICS_TOKEN as a bearer token.')
    await refreshFigures(ctx)
    res.type(registry.contentType).send(await registry.metrics())
  }
}

function mayRead({ config }: AppContext, req: Request): boolean {
  const { metricsToken } = config
  const [, token] = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '') ?? []
  if (metricsToken !== null) return token !== undefined && isSameSecret(token, metricsToken)
  // Through a proxy on this machine everybody seems to be local, and who is not may say so of themselves.
  const isForwarded = ['x-forwarded-for', 'forwarded', 'x-real-ip'].some((name) => req.headers[name] !== undefined)
  return !isForwarded && isLoopback(req.ip ?? '')
}
