import type { Request, Response } from 'express'
import { z } from 'zod'
import { Id } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { AppError } from '../errors.ts'
import { readAttachment } from '../services/attachments.ts'
import { createRequestContext } from './request-context.ts'

/** Types in which a browser would run something, should anybody open them in a page. */
const active = /html|xml|svg|javascript|ecmascript|^text\/css$/

/** One attachment, for whoever has a token: to be saved, never to be shown as a page. */
export function attachmentHandler(ctx: AppContext) {
  return async (req: Request, res: Response): Promise<void> => {
    const { caller } = await createRequestContext(ctx, req, res)
    if (!caller) throw new AppError('UNAUTHENTICATED', 'Sign in first.')
    const wanted = Parameters.safeParse(req.params).data
    if (!wanted) throw new AppError('NOT_FOUND', 'There is no such attachment.')
    const gone = new AbortController()
    res.once('close', () => gone.abort())
    const { filename, mimeType, content } = await readAttachment(ctx, caller.userId, wanted, gone.signal)
    res
      .attachment(filename)
      .type(active.test(mimeType) ? 'application/octet-stream' : mimeType)
      .set('Content-Security-Policy', "default-src 'none'; sandbox")
      .send(content)
  }
}

const Parameters = z.object({
  emailId: Id,
  position: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number),
})
