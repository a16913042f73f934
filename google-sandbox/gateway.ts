import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { answerBatch } from './batch.ts'
import { settleCall } from './dispatch.ts'
import { errorAnswer } from './errors.ts'
import type { Answer, Call } from './http.ts'
import type { SandboxState } from './state.ts'

/** The HTTP server in front of it all, not yet listening. */
export function createGateway(sandbox: SandboxState): Server {
  // 0 is for ever: idle sockets stay open until the sandbox closes, and no client meets one that is just being closed.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    serve(sandbox, request, response).catch((error: unknown) => {
      write(response, errorAnswer(500, 'backendError', String(error)))
    })
  })
  return server
}

async function serve(sandbox: SandboxState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = await readCall(request)
  const isBatch = /^\/batch(\/|$)/.test(call.path)
  const outcome = isBatch ? await answerBatch(sandbox, call) : await settleCall(sandbox, call)
  if (outcome === 'hang') return
  if (outcome === 'reset') request.socket.resetAndDestroy()
  else write(response, outcome)
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const url = new URL(request.url ?? '/', 'http://sandbox')
  const body = Buffer.concat(await request.toArray())
  const headers = request.headers as Record<string, string | undefined>
  return { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, headers, body }
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  const text = typeof body === 'object' ? JSON.stringify(body) : (body ?? '')
  const type = typeof body === 'object' ? { 'content-type': 'application/json; charset=UTF-8' } : {}
  response.writeHead(status, { ...type, 'content-length': Buffer.byteLength(text), ...headers }).end(text)
}
