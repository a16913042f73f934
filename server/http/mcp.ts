import { createMcpHandler } from '@modelcontextprotocol/server'
import type { NextFunction, Request as HttpRequest, Response as HttpResponse } from 'express'
import { type AppContext, isProgram } from '../context.ts'
import { AppError } from '../errors.ts'
import { createMcpServer, type McpContext } from '../mcp/server.ts'
import { countCall } from '../security/attempt-limits.ts'
import { createRequestContext } from './request-context.ts'
import { logFailure } from './trpc-handler.ts'

/** GET would open a stream and DELETE end a session: there are neither. */
export function postAlone(req: HttpRequest, res: HttpResponse, next: NextFunction): void {
  if (req.method === 'POST') return next()
  res.setHeader('Allow', 'POST')
  next(new AppError('METHOD_NOT_SUPPORTED', 'Messages are sent here with POST; there is no stream to listen to.'))
}

/** The Model Context Protocol for a program with a personal token: one message a request, nothing kept in between. */
export function mcpHandler(ctx: AppContext) {
  return async (req: HttpRequest, res: HttpResponse): Promise<void> => {
    const gone = new AbortController()
    res.once('close', () => gone.abort())
    const context = await programContext(ctx, req, res)
    await countCall(ctx.db, 'mcp', context.caller.userId)
    const parsedBody = parseMessage(req.body)
    if (gone.signal.aborted) return

    const onFailure = (error: unknown, procedure?: string) => logFailure(ctx, error, procedure)
    const { fetch: serve, close } = createMcpHandler(() => createMcpServer(context, onFailure), {
      // Tools do not change, so that there is nothing to listen for.
      maxSubscriptions: 0,
      // Its message may hold what the caller wrote.
      onerror: ({ name }) => ctx.logger.info({ error: name }, 'MCP message refused'),
    })
    try {
      const answer = await serve(webRequest(req, gone.signal), { parsedBody })
      const body = Buffer.from(await answer.arrayBuffer())
      res.status(answer.status).setHeaders(answer.headers).end(body)
    } finally {
      await close()
    }
  }
}

/** A session is a person's: only a personal token says what its program may do. */
async function programContext(ctx: AppContext, req: HttpRequest, res: HttpResponse): Promise<McpContext> {
  const context = await createRequestContext(ctx, req, res)
  const { caller } = context
  if (caller && isProgram(caller)) return { ...context, caller }
  res.setHeader('WWW-Authenticate', 'Bearer')
  throw new AppError('UNAUTHENTICATED', 'Send a personal token (auth.createToken) as Bearer in Authorization.')
}

/** Batches went out of the protocol; one would be many calls for one count. */
function parseMessage(body: string): unknown {
  try {
    const message: unknown = JSON.parse(body)
    if (typeof message === 'object' && message !== null && !Array.isArray(message)) return message
  } catch {
    // Said below.
  }
  throw new AppError('VALIDATION_FAILED', 'The request cannot be read: send one JSON-RPC message, and no batch.')
}

function webRequest(req: HttpRequest, signal: AbortSignal): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(req.headers)) if (typeof value === 'string') headers.set(name, value)
  headers.delete('authorization')
  headers.delete('cookie')
  return new Request('http://localhost/mcp', { method: 'POST', headers, signal })
}
