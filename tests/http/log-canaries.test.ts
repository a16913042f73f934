import { afterAll, expect, test } from 'vitest'
import type { Draft } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { failing, parts } from '../support/gemini-server.ts'
import { type Behaviour, startModelServer } from '../support/model-server.ts'
import { goodGemini } from '../support/good-gemini.ts'
import { injectFault, loseSend, stateOf, versionOf } from '../support/sending.ts'
import { answer } from './test-server.ts'

const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())
const gemini = stack.use(await startModelServer(goodGemini))
const lines: string[] = []
const model = {
  provider: 'gemini',
  apiKey: 'canary-of-the-api-key',
  model: 'gemini-3.5-flash-lite',
  classifyModel: 'gemini-3.5-flash-lite',
  embeddingModel: 'e',
  baseUrl: gemini.baseUrl,
} as const
const app = stack.use(
  await createTestApp({
    config: { model, log: { level: 'debug', pretty: false } },
    log: (line) => void lines.push(line),
  }),
)
const inbox = await openInbox(app)

interface Line {
  readonly level: number
  readonly msg: string
  readonly mailboxId?: string
  readonly outboxId?: string
  readonly state?: string
}

const told = (message: string) =>
  lines.map((line) => JSON.parse(line) as Line).filter(({ msg, level }) => msg === message && level >= 30)

const mail = {
  from: 'Canary Sender <canary.sender@engine.example>',
  cc: 'canary.copy@engine.example',
  subject: 'The canary of a subject',
  text: 'Hello Mara,\r\n\r\nmay the canary in this body see two more drawings? How much are they?\r\n\r\nCanary',
}

async function approve(draft: Draft): Promise<Draft> {
  const edited = await inbox.api.drafts.edit({ ...versionOf(draft), body: 'The canary sings in this reply.' })
  return inbox.api.drafts.approve(versionOf(edited))
}

/** Secrets of this owner and this server, as they travel. */
async function secretsInUse(): Promise<string[]> {
  const { userId, mailboxId, owner } = inbox
  const row = await app.db
    .selectFrom('mailboxes')
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .select(['accessToken', 'refreshToken'])
    .executeTakeFirstOrThrow()
  const open = (blob: Buffer | null, column: string) =>
    app.ctx.sealer.open(blob ?? Buffer.alloc(0), { userId, table: 'mailboxes', column, rowId: mailboxId })
  const { jwt, google } = app.ctx.config
  return [
    open(row.accessToken, 'access_token'),
    open(row.refreshToken, 'refresh_token'),
    owner.accessToken,
    owner.refreshToken,
    jwt.secret,
    google?.clientSecret ?? '',
  ]
}

test('from sync to send, and where each fails, the log at its most talkative holds no mail, no address and no secret', async () => {
  const url = await app.url()
  const bearer = { authorization: `Bearer ${inbox.owner.accessToken}`, 'content-type': 'application/json' }
  const headers = { ...bearer, cookie: `reasonflow_refresh=${inbox.owner.refreshToken}` }
  await answer(`${url}/trpc/mailboxes.list`, { headers })
  await answer(`${url}/trpc/drafts.edit`, { method: 'POST', headers, body: '{"body":"a canary, cut sho' })
  await answer(`${url}/trpc/emails.list?input=${encodeURIComponent('{"search":"canary"}')}`, { headers })
  // A program's token: made, used, refused, and put where it does not belong.
  const { token } = await inbox.api.auth.createToken({ name: 'A canary', expiresInDays: 1, scopes: ['read'] })
  const asProgram = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  await answer(`${url}/trpc/mailboxes.list`, { headers: asProgram })
  await answer(`${url}/trpc/drafts.edit`, { method: 'POST', headers: asProgram, body: '{}' })
  await answer(`${url}/trpc/auth.refresh`, { method: 'POST', headers, body: JSON.stringify({ refreshToken: token }) })
  const wrong = { email: inbox.owner.email, password: 'canary of a password' }
  await answer(`${url}/trpc/auth.login`, { method: 'POST', headers, body: JSON.stringify(wrong) })

  // A send that works, one whose refusal repeats what it was about, and one of which nobody knows.
  await approve(await inbox.newDraft(mail))
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('SENT')
  const message = 'Invalid To header: Canary Sender <canary.sender@engine.example>'
  const match = { method: 'POST', path: /\/drafts\/send$/, email: inbox.owner.email }
  app.google.inject({ match, kind: { status: 400, reason: 'invalidArgument', message } })
  await approve(await inbox.newDraft(mail))
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('REJECTED')
  const last = await approve(await inbox.newDraft(mail))
  injectFault(app, inbox, 'create', 'unavailable')
  await app.drainDelayed()
  await loseSend(app, inbox, last)

  // A model that talks, and one that is down: each run comes to its end, whatever that is.
  const nonsense: Behaviour = parts({ text: 'The canary of a subject, {' })
  for (const behaviour of [nonsense, failing(500, 'INTERNAL')]) {
    gemini.behave(behaviour)
    await app.deliver(inbox.owner, mail)
    await inbox.sync()
    for (let tries = 0; tries < 6; tries++) await app.drainDelayed()
  }

  // Tokens that are refused.
  app.google.inject({ match: { path: /\/history$/, email: inbox.owner.email }, kind: { status: 401 }, times: 2 })
  await inbox.sync()

  expect(lines.length).toBeGreaterThan(50)
  const all = lines.join('')
  expect(lines.filter((line) => /canar/i.test(line))).toEqual([])
  for (const secret of [...(await secretsInUse()), token, inbox.owner.email]) {
    expect(secret.length).toBeGreaterThan(8)
    expect(all).not.toContain(secret)
  }
})

test('the same log tells, at the level of production, of each sync and send how it began and ended', () => {
  const { mailboxId } = inbox
  expect(told('a sync begins')).toContainEqual(expect.objectContaining({ mailboxId, kind: 'import' }))
  expect(told('a sync has ended')).toContainEqual(expect.objectContaining({ mailboxId, kind: 'history' }))
  expect(told('a sync failed')).toContainEqual(
    expect.objectContaining({ mailboxId, level: 40, reason: expect.any(String) }),
  )
  const sends = told('a send has ended')
  expect(sends.map(({ state }) => state)).toEqual(['SENT', 'REJECTED', 'UNKNOWN'])
  for (const { outboxId } of sends) {
    expect(told('a send begins')).toContainEqual(expect.objectContaining({ outboxId, mailboxId }))
  }
  expect(told('a send failed for now')).toContainEqual(
    expect.objectContaining({ outboxId: sends[2]?.outboxId, level: 40, reason: expect.any(String) }),
  )
})
