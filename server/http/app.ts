import cors from 'cors'
import express, { type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import type { AppContext } from '../context.ts'
import { attachmentHandler } from './attachments.ts'
import { errorHandler, notFound } from './error-handler.ts'
import { gmailPush } from './gmail-push.ts'
import { healthHandler } from './health.ts'
import { maxMessageBytes } from '../mcp/tools.ts'
import { mcpHandler, postAlone } from './mcp.ts'
import { metricsHandler } from './metrics.ts'
import { oauthCallback } from './oauth-callback.ts'
import { shedOverload } from './overload.ts'
import { receiveBody } from './receive-body.ts'
import { checkMethodAndType, checkOrigin, checkSize, maxBodyBytesOf } from './request-limits.ts'
import { requestLog } from './request-log.ts'
import { limitOpen } from './streams.ts'
import { trpcHandler } from './trpc-handler.ts'

/** Everything this server answers, in the order a request meets it. A process that only works tells how it is, and no more. */
export function createApp(ctx: AppContext): Express {
  const { config } = ctx
  const app = express()
  app.set('trust proxy', config.trustProxy)
  app.disable('x-powered-by')
  app.use(warnOfProxy(ctx))
  app.use(requestLog(ctx), helmet({ referrerPolicy: { policy: 'no-referrer' } }))

  app.get('/health', healthHandler(ctx))
  app.get('/metrics', metricsHandler(ctx))
  if (config.roles.includes('api')) serveApi(app, ctx)

  app.use(notFound, errorHandler(ctx))
  return app
}

function serveApi(app: Express, ctx: AppContext): void {
  const { config } = ctx
  app.get('/api/v1/auth/gmail/callback', oauthCallback(ctx))
  app.post('/api/v1/gmail/push', gmailPush(ctx))
  const fromOurPages = [
    checkOrigin(ctx),
    cors({
      origin: config.corsOrigins,
      credentials: true,
      methods: ['GET', 'POST'],
      exposedHeaders: ['X-Request-Id', 'Retry-After', 'Content-Disposition'],
      maxAge: 600,
    }),
    noStore,
  ]
  app.use('/api/v1/attachments', fromOurPages)
  app.get('/api/v1/attachments/:emailId/:position', attachmentHandler(ctx))
  const limited = (mostBytesOf: (req: express.Request) => number) => [
    checkMethodAndType,
    checkSize(mostBytesOf),
    receiveBody(mostBytesOf),
  ]
  app.use('/trpc', fromOurPages, limited(maxBodyBytesOf), limitOpen(ctx), trpcHandler(ctx))
  const ofMessage = limited(() => maxMessageBytes)
  app.all('/mcp', fromOurPages, postAlone, ofMessage, shedOverload(), mcpHandler(ctx))
}

function noStore(_req: express.Request, res: express.Response, next: express.NextFunction): void {
  res.setHeader('Cache-Control', 'no-store')
  next()
}

/** Behind a proxy that is not announced all callers look like one, and share its limits: the operator must know. */
function warnOfProxy({ config, logger }: AppContext): RequestHandler {
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
