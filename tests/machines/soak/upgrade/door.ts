import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

export interface Door extends AsyncDisposable {
  readonly url: string
  /** Sends that went through. */
  readonly sends: number
}

/** A way to Google for one release alone: whatever that release logs, its sends are told from the other's. */
export async function openDoor(google: string): Promise<Door> {
  let sends = 0
  // 0 is for ever, as at the sandbox: no client meets a connection that is just being closed.
  const server = createServer({ keepAliveTimeout: 0 }, (asked, answer) => {
    const { method, headers, url = '/' } = asked
    if (method === 'POST' && /\/drafts\/send(\?|$)/.test(url)) sends += 1
    const passed = request(`${google}${url}`, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      pipeline(response, answer, () => undefined)
    })
    pipeline(asked, passed, (error) => error && answer.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get sends() {
      return sends
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
