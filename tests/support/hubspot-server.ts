import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface HubspotContact {
  readonly id: string
  readonly properties: Readonly<Record<string, string | null>>
  readonly updatedAt?: string
}

export interface HubspotRequest {
  readonly method: string
  readonly url: string
  readonly key: string | undefined
}

/** What becomes of the next request in place of the right answer. */
export type HubspotFault = (response: ServerResponse) => void

/** HubSpot's CRM over HTTP, as much of it as reads contacts: its shapes, its refusals, its limits. */
export async function startHubspot(keys: readonly string[], contacts: readonly HubspotContact[] = []) {
  const requests: HubspotRequest[] = []
  const faults: HubspotFault[] = []
  let always: HubspotFault | undefined
  const server = createServer((request, response) => {
    const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    requests.push({ method: request.method ?? '', url: request.url ?? '', key })
    const fault = faults.shift() ?? always
    if (fault) fault(response)
    else answer(request, response, key)
  })

  function answer(request: IncomingMessage, response: ServerResponse, key: string | undefined): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://hubspot.example')
    if (key === undefined || !keys.includes(key)) return wrongKey(response)
    const id = /^\/crm\/v3\/objects\/contacts(?:\/([^/]+))?$/.exec(pathname)
    if (request.method !== 'GET' || !id) return page(404)(response)
    if (id[1] === undefined) {
      return json(response, 200, { results: contacts.slice(0, Number(searchParams.get('limit'))).map(toResult) })
    }
    const email = decodeURIComponent(id[1])
    const found =
      searchParams.get('idProperty') === 'email' && contacts.find(({ properties }) => properties['email'] === email)
    return found ? json(response, 200, toResult(found)) : error('OBJECT_NOT_FOUND', 404, 'resource not found')(response)
  }

  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    /** The next requests meet these, one each. */
    failNext(...next: HubspotFault[]): void {
      faults.push(...next)
    },
    failAlways(fault: HubspotFault | undefined): void {
      always = fault
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function toResult({ id, properties, updatedAt = '2026-02-03T04:05:06.789Z' }: HubspotContact) {
  return { id, properties, createdAt: '2025-01-01T00:00:00Z', updatedAt, archived: false }
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json;charset=utf-8', ...headers }).end(JSON.stringify(body))
}

/** HubSpot's error envelope. */
export function error(category: string, status: number, message: string): HubspotFault {
  return (response) => json(response, status, { status: 'error', message, correlationId: randomUUID(), category })
}

export const wrongKey = error('INVALID_AUTHENTICATION', 401, 'Authentication credentials not found.')
export const missingScope = error('MISSING_SCOPES', 403, "This app hasn't been granted all required scopes")

/** One limit or another is reached. */
export function limit(policyName: string, headers: Record<string, string> = {}): HubspotFault {
  const message = `You have reached your ${policyName.toLowerCase()} limit.`
  const body = { status: 'error', message, errorType: 'RATE_LIMIT', correlationId: randomUUID(), policyName }
  return (response) => json(response, 429, body, headers)
}

/** What some proxy says. */
export function page(status: number): HubspotFault {
  return (response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Sorry</html>')
}

export function saying(body: unknown): HubspotFault {
  return (response) => json(response, 200, body)
}

export const hang: HubspotFault = () => {}
export const reset: HubspotFault = (response) => response.destroy()
