import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AppContext } from '../context.ts'
import { StartError } from '../errors.ts'
import { createApp } from './app.ts'

const lastResortMs = 8_000

/**
 * An idle connection is the client's to close: a request that meets a server just closing it ends in ECONNRESET. Usual
 * proxies give one up after 60 s, `fetch` 2 s before the 75 s it is told, and the server 15 s after them. Node's own 5 s
 * and 1 s leave no such room: statements of the embedded database that held the loop for 6 s in all were enough, since
 * the clock of `fetch` stands still meanwhile. The others begin with a request, so they spare what is idle: nobody
 * sends a head for longer than 20 s, and a body has its own pace (`read-body.ts`), with this as its last resort.
 */
const timeouts = {
  keepAliveTimeout: 75_000,
  keepAliveTimeoutBuffer: 15_000,
  headersTimeout: 20_000,
  requestTimeout: 40_000,
  connectionsCheckingInterval: 5_000,
}

/** A server that listens. Disposing lets running answers end, and cuts what is left after 8 s. */
export interface HttpServer extends AsyncDisposable {
  readonly url: string
}

/** Listens on all interfaces (or on `host`); port 0 takes any free one. */
export async function startHttpServer(
  ctx: AppContext,
  { port, host }: { port: number; host?: string },
): Promise<HttpServer> {
  const server = createServer(timeouts, createApp(ctx))
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const choose = 'choose another one (PORT; in the demo: npm run demo -- --port 8001).'
    if (code === 'EADDRINUSE') throw new StartError(`Port ${port} is in use by another process. Stop it, or ${choose}`)
    if (code === 'EACCES') throw new StartError(`Port ${port} is not open to this user: ${choose}`)
    throw error
  }
  const { port: actual } = server.address() as AddressInfo
  return {
    url: `http://${host ?? 'localhost'}:${actual}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      // A connection whose answer ends after close was called stays open as idle, so idle ones are looked for again.
      const idle = setInterval(() => server.closeIdleConnections(), 100)
      const cut = setTimeout(() => {
        ctx.logger.warn('connections were cut: what they asked for did not end in time')
        server.closeAllConnections()
      }, lastResortMs)
      await closed
      clearTimeout(cut)
      clearInterval(idle)
    },
  }
}
