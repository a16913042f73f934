import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ModelHttpRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  // What a test reads of it differs from call to call.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

/** How the server behaves towards the next requests. */
export type Behaviour = (request: ModelHttpRequest, response: ServerResponse) => void

/** What a model speaks over HTTP, on a port of its own: it answers as it is told, and misbehaves as it is told. */
export async function startModelServer(first: Behaviour) {
  const requests: ModelHttpRequest[] = []
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
  response.write('{"half":[{"an":', () => response.destroy())
}
