import type { Request, Response } from 'express'
import type { AppContext, Caller, RequestContext } from '../context.ts'
import { verifyAccessToken } from '../security/access-token.ts'
import { browserCookieOf, deviceCookieOf, refreshCookieOf } from './cookies.ts'
import { requestIdOf } from './request-log.ts'

/** What a procedure may know of the request. */
export function createRequestContext(ctx: AppContext, req: Request, res: Response): RequestContext {
  return {
    ...ctx,
    requestId: requestIdOf(res),
    clientAddress: req.ip ?? 'unknown',
    userAgent: req.get('user-agent') ?? '',
    caller: callerOf(ctx, req),
    refreshCookie: refreshCookieOf(ctx, req, res),
    browserCookie: browserCookieOf(ctx, req, res),
    deviceCookie: deviceCookieOf(ctx, req, res),
  }
}

/** Only the Authorization header counts: a token in a URL ends in logs, one in a cookie goes along unasked. */
function callerOf(ctx: AppContext, req: Request): Caller | null {
  const [, token] = /^Bearer ([\w.-]+)$/i.exec(req.headers.authorization ?? '') ?? []
  return token ? verifyAccessToken(ctx.config.jwt, token, ctx.clock.now()) : null
}
