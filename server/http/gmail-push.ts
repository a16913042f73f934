import type { Request, Response } from 'express'
import { z } from 'zod'
import type { AppContext } from '../context.ts'
import { AppError } from '../errors.ts'
import { gmailPushesTotal } from '../metrics.ts'
import { createRefusalLimit } from '../security/refusal-limit.ts'
import { isFromPubSub, syncPushedMailboxes } from '../services/sync/gmail-push.ts'
import { assertBodyFits, readBody } from './read-body.ts'

/** A notification is some 500 bytes. */
const maxBodyBytes = 64_000

/**
 * Pub/Sub's push (cloud.google.com/pubsub/docs/push). 204 acknowledges; anything else is delivered again, so a message
 * that is ours and cannot be read is acknowledged too, logged and counted: it would come back for days.
 */
export function gmailPush(ctx: AppContext) {
  const refusalLimit = createRefusalLimit({ refusals: 60, windowSeconds: 60 })

  async function assertFromPubSub(req: Request): Promise<void> {
    const clientAddress = req.ip ?? 'unknown'
    await refusalLimit.check(clientAddress)
    const [, token] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(req.headers.authorization ?? '') ?? []
    if (await isFromPubSub(ctx, token)) return
    await refusalLimit.countRefusal(clientAddress)
    throw new AppError('UNAUTHENTICATED', 'Only the Pub/Sub subscription of this server may push.')
  }

  return async (req: Request, res: Response): Promise<void> => {
    assertBodyFits(req, maxBodyBytes)
    await assertFromPubSub(req)
    const body = PushBody.safeParse((await readBody(req, maxBodyBytes)).toString())
    const outcome = body.success ? await accept(ctx, body.data.emailAddress) : 'unreadable'
    if (body.error) ctx.logger.warn({ problem: z.prettifyError(body.error) }, 'a Gmail push could not be read')
    gmailPushesTotal.inc({ outcome })
    res.status(204).end()
  }
}

/** A hint and nothing more: the history id it names moves no cursor, the sync reads from its own. */
async function accept(ctx: AppContext, address: string): Promise<'accepted' | 'unknown'> {
  const mailboxes = await syncPushedMailboxes(ctx, address)
  return mailboxes > 0 ? 'accepted' : 'unknown'
}

const Json = z.string().transform((text, issues): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    issues.addIssue('is no JSON')
    return z.NEVER
  }
})

/** Google may add fields of its own; those that are read are checked. */
const PushBody = Json.pipe(
  z.object({
    message: z.object({
      data: z
        .string()
        .transform((data) => Buffer.from(data, 'base64').toString())
        .pipe(Json)
        .pipe(
          z.object({
            emailAddress: z
              .string()
              .max(320)
              .regex(/^[^\s\p{C}@]+@[^\s\p{C}@]+$/u)
              .toLowerCase(),
            historyId: z.union([z.number().nonnegative(), z.string().regex(/^\d{1,40}$/)]),
          }),
        ),
    }),
  }),
).transform(({ message }) => message.data)
