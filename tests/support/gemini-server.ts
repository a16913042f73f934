import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface GeminiRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  // What a test reads of it differs from call to call.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

/** How the server behaves towards the next requests. */
export type Behaviour = (request: GeminiRequest, response: ServerResponse) => void

/** Gemini's wire format on a port of its own, with every way of misbehaving. */
export async function startGeminiServer(first: Behaviour) {
  const requests: GeminiRequest[] = []
  let behave = first
  const server = createServer((request, response) => void handle(request, response))

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const body: unknown = JSON.parse(await text(request))
    const seen = { path: request.url ?? '', headers: request.headers, body }
    requests.push(seen)
    behave(seen, response)
  }

  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    behave(next: Behaviour) {
      behave = next
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function json(body: unknown, status = 200): Behaviour {
  return raw(JSON.stringify(body), status)
}

export function raw(body: string, status = 200, type = 'application/json'): Behaviour {
  return (_request, response) => response.writeHead(status, { 'content-type': type }).end(body)
}

/** One candidate of these parts. */
export function parts(...list: { text?: string; thought?: boolean }[]): Behaviour {
  return candidate({ content: { role: 'model', parts: list }, finishReason: 'STOP', index: 0 })
}

export function candidate(value: object): Behaviour {
  return json({
    candidates: [value],
    usageMetadata: { promptTokenCount: 200, candidatesTokenCount: 30, thoughtsTokenCount: 10, totalTokenCount: 240 },
  })
}

/** The error envelope, as developers.google.com describes it. */
export function failing(code: number, status: string, details?: object[]): Behaviour {
  return json({ error: { code, message: 'made to fail', status, ...(details && { details }) } }, code)
}

/** Nothing ever comes. */
export const hang: Behaviour = () => {}

/** The answer begins, and then comes one byte a second. */
export const drip: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{')
  const timer = setInterval(() => response.write(' '), 1_000)
  response.on('close', () => clearInterval(timer))
}

export const reset: Behaviour = (_request, response) => response.destroy()

/** The connection breaks in the middle of a body. */
export const resetMidBody: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"candidates":[{"content":', () => response.destroy())
}

/** batchEmbedContents: a vector for each request, of a length the real service might give. */
export function vectors(make: (index: number, text: string) => number[]): Behaviour {
  return (request, response) => {
    const list: { content: { parts: { text: string }[] } }[] = request.body.requests
    json({ embeddings: list.map((one, index) => ({ values: make(index, one.content.parts[0]?.text ?? '') })) })(
      request,
      response,
    )
  }
}
