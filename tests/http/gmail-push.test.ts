import { createHmac, generateKeyPairSync } from 'node:crypto'
import { request } from 'node:http'
import jwt from 'jsonwebtoken'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { registry } from '../../server/metrics.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { createPushedApp, push, pushBody, pushClaims, type PushedApp, waitingJobs } from '../support/push.ts'
import { answer } from './test-server.ts'

let app: PushedApp
let inbox: Inbox
beforeAll(async () => {
  app = await createPushedApp()
  inbox = await openInbox(app)
})
afterAll(() => app[Symbol.asyncDispose]())

const notification = () => ({ emailAddress: inbox.owner.email, historyId: 9_876_543_210 })

function post(token: string | undefined, body: string = pushBody(notification()), endpoint = app.endpoint) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  return answer(endpoint, { method: 'POST', headers, body })
}

const genuine = (changed?: Record<string, unknown>) => app.google.sign(pushClaims(changed))
const waiting = () => waitingJobs(app, 'sync-mailbox', inbox.userId)
const cursor = () =>
  app.db.selectFrom('mailboxes').where('userId', '=', inbox.userId).select('historyId').executeTakeFirstOrThrow()

async function acknowledged(outcome: string): Promise<number> {
  const [, count] = new RegExp(`pushes_total{outcome="${outcome}"} (\\d+)`).exec(await registry.metrics()) ?? []
  return Number(count ?? 0)
}

const now = () => Math.floor(Date.now() / 1_000)
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
const unsigned = (header: object) => `${encode({ typ: 'JWT', kid: 'sandbox-1', ...header })}.${encode(pushClaims())}`
const signedWith = (keyid: string) => jwt.sign(pushClaims(), stranger, { algorithm: 'RS256', keyid })

async function signedWithPublicKey(): Promise<string> {
  const { body } = await answer(`${app.google.url}/oauth2/v1/certs`, {})
  const token = unsigned({ alg: 'HS256' })
  return `${token}.${createHmac('sha256', String(body['sandbox-1'])).update(token).digest('base64url')}`
}

const forged: [string, () => string | undefined | Promise<string>][] = [
  ['no token', () => undefined],
  ['garbage', () => 'garbage'],
  ['garbage in three parts', () => 'a.b.c'],
  ['an unsigned token', () => `${unsigned({ alg: 'none' })}.`],
  ['an unsigned token with a made-up signature', () => `${unsigned({ alg: 'none' })}.c2ln`],
  ['a token signed with the public key as a password', signedWithPublicKey],
  ['a token of a stranger under Google’s key id', () => signedWith('sandbox-1')],
  ['a token of a stranger under a key id of their own', () => signedWith('stranger-1')],
  ['a token whose key id is a property of every object', () => signedWith('__proto__')],
  ['a token of another issuer', () => genuine({ iss: 'https://issuer.example' })],
  ['a token for another audience', () => genuine({ aud: 'https://elsewhere.example/api/v1/gmail/push' })],
  ['a token for our audience among others', () => genuine({ aud: [push.audience, 'https://elsewhere.example'] })],
  ['an expired token', () => genuine({ iat: now() - 7_200, exp: now() - 3_600 })],
  ['a token without an end', () => genuine({ exp: undefined })],
  ['a token from the future', () => genuine({ iat: now() + 3_600, exp: now() + 7_200 })],
  ['a token that is not valid yet', () => genuine({ nbf: now() + 3_600 })],
  ['a token of another service account', () => genuine({ email: 'push@elsewhere.iam.gserviceaccount.com' })],
  ['a token without an account', () => genuine({ email: undefined })],
  ['a token whose account is not verified', () => genuine({ email_verified: false })],
  ['a token whose account is verified in words', () => genuine({ email_verified: 'true' })],
  ['a user’s sign-in to this app', () => genuine({ aud: app.google.clientId, email: inbox.owner.email })],
]

test.each(forged)('%s is refused and does nothing', async (_what, make) => {
  const { status, body } = await post(await make())
  expect(status).toBe(401)
  expect(body.error.data.reason).toBe('UNAUTHENTICATED')
  expect(await waiting()).toBe(0)
})

test.each([
  ['a number', 9_876_543_210],
  ['a text of many digits', '900719925474099312345'],
])('a genuine push with its history id as %s enqueues one sync and moves no cursor', async (_what, historyId) => {
  const before = await cursor()
  const { status, body } = await post(genuine(), pushBody({ emailAddress: inbox.owner.email.toUpperCase(), historyId }))
  expect([status, body]).toEqual([204, ''])
  expect(await waiting()).toBe(1)
  expect(await cursor()).toEqual(before)
  await app.drain()
})

test('a push concerns its own mailbox and nobody else’s', async () => {
  const stranger = await openInbox(app)
  await post(genuine())
  expect(await waiting()).toBe(1)
  expect(await waitingJobs(app, 'sync-mailbox', stranger.userId)).toBe(0)
  await app.drain()
})

test('a push for a mailbox nobody has, or that is not active, is acknowledged and does nothing', async () => {
  const gone = await openInbox(app)
  await app.db.updateTable('mailboxes').set({ status: 'needs_reauth' }).where('userId', '=', gone.userId).execute()
  const before = await acknowledged('unknown')
  for (const emailAddress of ['nobody@elsewhere.example', gone.owner.email]) {
    expect((await post(genuine(), pushBody({ emailAddress, historyId: 1 }))).status).toBe(204)
  }
  expect(await waitingJobs(app, 'sync-mailbox', gone.userId)).toBe(0)
  expect(await acknowledged('unknown')).toBe(before + 2)
})

test.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['no message', '{"subscription":"s"}'],
  ['a message without data', '{"message":{"messageId":"1"}}'],
  ['data that is no base64 of JSON', '{"message":{"data":"????"}}'],
  ['data nested 1,000 deep', pushBody('['.repeat(1_000) + ']'.repeat(1_000))],
  ['data without an address', pushBody({ historyId: 1 })],
  ['data with a list of addresses', pushBody({ emailAddress: ['a@b.example'], historyId: 1 })],
  ['data with an address that no database takes', pushBody('{"emailAddress":"a\\u0000@b.example","historyId":1}')],
  ['data with half a character for an address', pushBody('{"emailAddress":"\\ud800@b.example","historyId":1}')],
  ['data without a history id', pushBody({ emailAddress: 'a@b.example' })],
  ['data with a history id that is none', pushBody({ emailAddress: 'a@b.example', historyId: '12; drop' })],
])('a push from Google that holds %s is acknowledged, or it would come back for days, and counted', async (_, body) => {
  const before = await acknowledged('unreadable')
  expect((await post(genuine(), body)).status).toBe(204)
  expect(await acknowledged('unreadable')).toBe(before + 1)
})

test('a body of 10 MB is refused before it is read, announced or not', async () => {
  const big = pushBody({ ...notification(), filler: 'x'.repeat(10_000_000) })
  for (const token of [genuine(), undefined]) {
    const { status, body } = await post(token, big)
    expect([status, body.error.data.reason]).toEqual([413, 'BODY_TOO_LARGE'])
  }
  expect(await answerBeforeTheEnd(genuine())).toContain('413 Payload Too Large')
  expect(await waiting()).toBe(0)
})

test('a thousand shuffled duplicates make one job', async () => {
  app.subscription.hold()
  for (let mails = 0; mails < 10; mails++) await app.deliver(inbox.owner)
  expect(app.subscription.backlog).toBe(10)
  const statuses = await app.subscription.deliver({ copies: 100 })
  expect(statuses).toHaveLength(1_000)
  expect(new Set(statuses)).toEqual(new Set([204]))
  expect(await waiting()).toBe(1)
  await app.drain()
  expect(await inbox.emails()).toHaveLength(10)
})

test('while Google’s certificates cannot be read nobody is believed, and Pub/Sub is asked to come again', async () => {
  await using fresh = await createPushedApp()
  const { email, userId } = (await openInbox(fresh)).owner
  const token = fresh.google.sign(pushClaims())
  const body = pushBody({ emailAddress: email, historyId: 1 })
  for (const kind of [faultMatrix.unavailable, faultMatrix.badGateway, faultMatrix.reset]) {
    using _fault = fresh.google.inject({ match: { path: /certs/ }, kind, times: Infinity })
    const { status, headers } = await post(token, body, fresh.endpoint)
    expect([status, headers.get('retry-after')]).toEqual([503, '10'])
  }
  expect(await waitingJobs(fresh, 'sync-mailbox', userId)).toBe(0)
  expect((await post(token, body, fresh.endpoint)).status).toBe(204)
  expect(await waitingJobs(fresh, 'sync-mailbox', userId)).toBe(1)
})

test('Google is asked for its certificates once, however many pushes come at the same time', async () => {
  await using fresh = await createPushedApp()
  const body = pushBody({ emailAddress: 'nobody@elsewhere.example', historyId: 1 })
  const token = fresh.google.sign(pushClaims())
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(token, body, fresh.endpoint)))
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(204))
  expect(fresh.google.journal.filter(({ path }) => path.endsWith('/certs'))).toHaveLength(1)
})

test('a server without push has no such endpoint, and says what is missing', async () => {
  await using plain = await createTestApp()
  const endpoint = `${await plain.url()}/api/v1/gmail/push`
  const { status, body } = await post(plain.google.sign(pushClaims()), undefined, endpoint)
  expect(status).toBe(404)
  expect(body.error.message).toContain('GMAIL_PUBSUB_TOPIC')
})

test('a network that is refused again and again is not listened to for a while, and no other one suffers', async () => {
  await using behindProxy = await createPushedApp({ config: { trustProxy: 1 } })
  const from = async (client: string, token: string) => {
    const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': client }
    return answer(behindProxy.endpoint, { method: 'POST', headers, body: pushBody(notification()) })
  }
  for (let refusals = 0; refusals < 60; refusals++) expect((await from('203.0.113.9', 'a.b.c')).status).toBe(401)
  const braked = await from('203.0.113.77', 'a.b.c')
  expect(braked.status).toBe(429)
  expect(Number(braked.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await from('198.51.100.1', behindProxy.google.sign(pushClaims()))).status).toBe(204)
})

/** The status line that comes while most of the body is still unsent. */
function answerBeforeTheEnd(token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const sending = request(app.endpoint, { method: 'POST', headers }, ({ statusCode, statusMessage }) => {
      resolve(`${statusCode} ${statusMessage}`)
      sending.destroy()
    })
    sending.on('error', reject)
    sending.write('x'.repeat(100_000))
  })
}
