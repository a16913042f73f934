import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A server that keeps a connection for one answer, and closes it just as the next request arrives on it; with
 * `keeps: 0` no request is ever answered. What it answers is `answerTo(request)`, as JSON.
 */
export async function startClosingServer(answerTo: (request: IncomingMessage) => unknown, { keeps = 1 } = {}) {
  /** Each request in its order, by the connection it came on. */
  const requests: { method: string; path: string; connection: number; isAnswered: boolean }[] = []
  const connections: unknown[] = []
  const server = createServer((request, response) => {
    const { socket, method = '', url: path = '' } = request
    if (!connections.includes(socket)) connections.push(socket)
    const connection = connections.indexOf(socket)
    const isAnswered = requests.filter((earlier) => earlier.connection === connection).length < keeps
    requests.push({ method, path, connection, isAnswered })
    if (!isAnswered) return void socket.resetAndDestroy()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answerTo(request)))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
