import { sql } from 'kysely'
import { createTestApp, type TestApp } from './app.ts'

export const push = {
  topic: 'projects/reasonflow/topics/gmail',
  audience: 'https://reasonflow.example/api/v1/gmail/push',
  serviceAccount: 'push@reasonflow.iam.gserviceaccount.com',
}

export type PushedApp = Awaited<ReturnType<typeof createPushedApp>>

/** The product with push set up, and the subscription that Google pushes through. */
export async function createPushedApp(options: Parameters<typeof createTestApp>[0] = {}) {
  await using stack = new AsyncDisposableStack()
  const app = stack.use(await createTestApp({ ...options, config: { push, ...options.config } }))
  const endpoint = `${await app.url()}/api/v1/gmail/push`
  const subscription = app.google.subscribe(push.topic, { endpoint, ...push })
  const owned = stack.move()
  return { ...app, endpoint, subscription, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** What a genuine push says of itself; a test changes what it is about, undefined takes it away. */
export function pushClaims(changed: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1_000)
  const { audience: aud, serviceAccount: email } = push
  const iss = 'https://accounts.google.com'
  const claims = { iss, aud, sub: '104029384756', email, email_verified: true, iat: now, exp: now + 3_600, ...changed }
  return Object.fromEntries(Object.entries(claims).filter(([, claim]) => claim !== undefined))
}

/** A notification as Pub/Sub wraps it. */
export function pushBody(data: unknown): string {
  const encoded = Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)).toString('base64')
  const message = { data: encoded, messageId: '1', publishTime: new Date().toISOString() }
  return JSON.stringify({ message, subscription: 'projects/reasonflow/subscriptions/gmail', deliveryAttempt: 1 })
}

/** Jobs of this owner that wait. */
export async function waitingJobs(app: Pick<TestApp, 'db'>, name: string, userId: string): Promise<number> {
  const { rows } = await sql`
    select id from pgboss.job where name = ${name} and data->>'userId' = ${userId}
    and state in ('created', 'retry')`.execute(app.db)
  return rows.length
}
