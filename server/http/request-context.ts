import type { Request, Response } from 'express'
import type { AppContext, Caller, RequestContext } from '../context.ts'
import { verifyAccessToken } from '../security/access-token.ts'
import { isPersonalToken, programOf } from '../services/personal-tokens.ts'
import { browserCookieOf, deviceCookieOf, refreshCookieOf } from './cookies.ts'
import { requestIdOf } from './request-log.ts'

/** What a procedure may know of the request. */
export async function createRequestContext(ctx: AppContext, req: Request, res: Response): Promise<RequestContext> {
  const findCaller = () => callerOf(ctx, req)
  return {
    ...ctx,
    requestId: requestIdOf(res),
    clientAddress: req.ip ?? 'unknown',
    userAgent: req.get('user-agent') ?? '',
    caller: await findCaller(),
    findCaller,
    refreshCookie: refreshCookieOf(ctx, req, res),
    browserCookie: browserCookieOf(ctx, req, res),
    deviceCookie: deviceCookieOf(ctx, req, res),
  }
}

/** Only the Authorization header counts: a token in a URL ends in logs, one in a cookie goes along unasked. */
async function callerOf(ctx: AppContext, req: Request): Promise<Caller | null> {
  const [, token] = /^Bearer ([\w.-]+)$/i.exec(req.headers.authorization ?? '') ?? []
  if (!token) return null
  return isPersonalToken(token) ? programOf(ctx, token) : verifyAccessToken(ctx.config.jwt, token, ctx.clock.now())
}
