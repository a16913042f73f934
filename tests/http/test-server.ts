import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createCircuits } from '../../server/adapters/circuit.ts'
import { parseConfig } from '../../server/config.ts'
import type { AppContext } from '../../server/context.ts'
import { UpstreamError } from '../../server/errors.ts'
import { createApp } from '../../server/http/app.ts'
import { createLogger } from '../../server/logger.ts'
import type { GoogleAuth, JobQueue } from '../../server/ports.ts'
import { createSealer } from '../../server/security/encryption.ts'
import { borrowDatabase } from '../support/test-database.ts'

export const password = 'correct horse battery'

const gmailScopes = ['gmail.readonly', 'gmail.compose', 'calendar.freebusy']

/** The real application over a real database on a loopback port; Google, the queue and the clock are stand-ins. */
export async function startTestServer(environment: Record<string, string> = {}) {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await borrowDatabase())
  const { db, pglite } = database
  const config = parseConfig({
    APP_ENV: 'test',
    JWT_SECRET_KEY: randomBytes(32).toString('hex'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    GMAIL_CLIENT_ID: 'client',
    GMAIL_CLIENT_SECRET: 'client-secret',
    ...environment,
  })
  const clock = testClock()
  const google = fakeGoogle(clock)
  const queue = fakeQueue()
  const lines: string[] = []
  const stopping = new AbortController()
  const ports = {
    mailbox: {},
    mailSender: {},
    mailboxWatch: {},
    pushVerifier: null,
    calendar: {},
    mime: {},
    model: {},
    embedder: {},
    budget: {},
    crm: {},
  }
  const ctx = {
    ...(ports as Pick<AppContext, keyof typeof ports>),
    config,
    db,
    clock,
    jobs: queue,
    googleAuth: config.google ? google : null,
    sealer: createSealer(config.encryptionKeys),
    logger: createLogger({ level: 'debug', pretty: false }, { write: (line) => void lines.push(line) }),
    stopping: stopping.signal,
    circuits: createCircuits(() => {}),
  } satisfies AppContext
  const server = createApp(ctx).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const owned = stack.move()
  const url = `http://localhost:${(server.address() as AddressInfo).port}`

  return {
    ctx,
    db,
    url,
    clock,
    google,
    lines,
    enqueued: queue.enqueued,
    stop: () => stopping.abort(),
    closeDatabase: () => pglite?.close() ?? db.destroy(),
    call: (procedure: string, input?: unknown, init: CallInit = {}) => call(url, procedure, input, init),
    ask: (procedure: string, input?: unknown, init: CallInit = {}) => ask(url, procedure, input, init),
    /** A new user with tokens in the body. */
    async newUser(email = `${randomUUID()}@example.com`) {
      const { body } = await call(url, 'auth.register', { email, password, tokenTransport: 'body' }, {})
      await db.deleteFrom('rateLimits').execute()
      return body.result.data as SignedIn
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

function testClock() {
  let now = new Date('2026-03-02T09:00:00.000Z')
  return {
    now: () => now,
    advance(seconds: number) {
      now = new Date(now.getTime() + seconds * 1000)
    },
  }
}

/** Hands out a grant for each code that was prepared; like Google it wants the verifier and nonce of the beginning. */
function fakeGoogle(clock: { now(): Date }) {
  const requests = new Map<string, { nonce: string; codeVerifier: string }>()
  const grants = new Map<string, { state: string; grant: Awaited<ReturnType<GoogleAuth['exchange']>> }>()
  return {
    async authorizeUrl({ state, nonce, codeVerifier }) {
      requests.set(state, { nonce, codeVerifier })
      return `https://accounts.example/consent?state=${state}`
    },
    async exchange({ code, codeVerifier, nonce }) {
      const prepared = grants.get(code)
      const request = prepared && requests.get(prepared.state)
      grants.delete(code)
      if (!prepared || request?.codeVerifier !== codeVerifier || request.nonce !== nonce) {
        throw new UpstreamError('google-oauth', 'rejected', 'invalid_grant')
      }
      return prepared.grant
    },
    async refresh() {
      throw new UpstreamError('google-oauth', 'rejected', 'not prepared')
    },
    async revoke() {},
    /** The person consents: a code that is good for this state. */
    consent(state: string, grant: Partial<Awaited<ReturnType<GoogleAuth['exchange']>>> = {}) {
      const code = randomUUID()
      const scopes = gmailScopes.map((scope) => `https://www.googleapis.com/auth/${scope}`)
      const whole = {
        accessToken: `access-${code}`,
        refreshToken: `refresh-${code}`,
        expiresAt: new Date(clock.now().getTime() + 3_600_000),
        scopes,
        subject: randomUUID(),
        address: 'owner@gmail.example',
        addressVerified: true,
        ...grant,
      }
      grants.set(code, { state, grant: whole })
      return code
    },
  } satisfies GoogleAuth & Record<string, unknown>
}

function fakeQueue() {
  const enqueued: { name: string; payload: unknown }[] = []
  let isDown = false
  return {
    enqueued,
    async enqueue(_trx, name, payload) {
      enqueued.push({ name, payload })
      return randomUUID()
    },
    async hasten() {},
    async work() {},
    async drain() {
      return 0
    },
    deadLetters: () => Promise.resolve([]),
    redrive: () => Promise.resolve(0),
    async check() {
      if (isDown) throw new Error('down')
      return { deadLetters: {}, oldestDueSeconds: {}, hasWorker: true }
    },
    break() {
      isDown = true
    },
  } satisfies JobQueue & Record<string, unknown>
}
