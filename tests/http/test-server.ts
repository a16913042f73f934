import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Ports } from '../../server/ports.ts'
import { createTestApp } from '../support/app.ts'

export const password = 'correct horse battery'

/** The test application as a client meets it: at its address, by requests of its own making. Its log is kept. */
export async function startTestServer(environment: Record<string, string> = {}, ports: Partial<Ports> = {}) {
  await using stack = new AsyncDisposableStack()
  const lines: string[] = []
  const app = stack.use(
    await createTestApp({
      environment,
      ports,
      config: { log: { level: 'debug', pretty: false } },
      log: (line) => void lines.push(line),
    }),
  )
  const url = await app.url()
  const owned = stack.move()

  return {
    ...app,
    url,
    lines,
    call: (procedure: string, input?: unknown, init: CallInit = {}) => call(url, procedure, input, init),
    ask: (procedure: string, input?: unknown, init: CallInit = {}) => ask(url, procedure, input, init),
    /** A new user with tokens in the body. */
    async newUser(email = `${randomUUID()}@example.com`) {
      const { body } = await call(url, 'auth.register', { email, password, tokenTransport: 'body' }, {})
      await app.db.deleteFrom('rateLimits').execute()
      return body.result.data as SignedIn
    },
    /** Every job that was enqueued. */
    async enqueued() {
      const jobs = sql<{ name: string; payload: unknown }>`select name, data as payload from pgboss.job`
      return (await jobs.execute(app.db)).rows
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

export type TestServer = Awaited<ReturnType<typeof startTestServer>>

export interface SignedIn {
  user: { id: string; email: string }
  accessToken: string
  refreshToken: string
  expiresIn: number
}

interface CallInit {
  token?: string
  cookie?: string
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads answers of every shape
  body: any
  cookies: string[]
}

function call(url: string, procedure: string, input: unknown, init: CallInit): Promise<Answer> {
  return answer(`${url}/trpc/${procedure}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headersOf(init) },
    ...(input === undefined ? {} : { body: JSON.stringify(input) }),
  })
}

function ask(url: string, procedure: string, input: unknown, init: CallInit): Promise<Answer> {
  const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`
  return answer(`${url}/trpc/${procedure}${query}`, { headers: headersOf(init) })
}

export async function answer(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
    cookies: response.headers.getSetCookie(),
  }
}

function headersOf({ token, cookie, headers }: CallInit): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(cookie === undefined ? {} : { cookie }),
    ...headers,
  }
}
