import type { Request, Response } from 'express'
import { z } from 'zod'
import type { AppContext } from '../context.ts'
import { completeConsent } from '../services/google-consent.ts'
import { createRequestContext } from './request-context.ts'
import { logFailure } from './trpc-handler.ts'

/** Google's redirect: always ends in a redirect to the frontend, with neither code nor state in its address. */
export function oauthCallback(ctx: AppContext) {
  return async (req: Request, res: Response): Promise<void> => {
    const request = await createRequestContext(ctx, req, res)
    const page = await completeConsent(request, Query.parse(req.query)).catch((error: unknown) => {
      logFailure(ctx, error, req.path)
      return `${ctx.config.frontendUrl}/?error=INTERNAL`
    })
    res.set({ 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store' }).redirect(303, page)
  }
}

// Repeated parameters come as lists: they count as absent, like anything else Google would not send.
const parameter = z.string().max(4_096).optional().catch(undefined)
const Query = z.object({ state: parameter, code: parameter, error: parameter })
