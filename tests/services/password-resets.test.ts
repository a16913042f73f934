import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import { startSmtpServer } from '../support/smtp-server.ts'

const smtp = await startSmtpServer()
const app = await createTestApp({ environment: { SMTP_URL: smtp.url, FRONTEND_URL: 'https://desk.example' } })
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await smtp[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await app.db.deleteFrom('rateLimits').execute()
  smtp.mails.length = 0
})

const password = 'correct horse battery'
const newPassword = 'staple of another house'

async function register() {
  const email = `${randomUUID()}@example.com`
  const guest = await httpClient(app, null)
  const tokens = await guest.auth.register.mutate({ email, password, tokenTransport: 'body' })
  return { email, guest, tokens, client: await httpClient(app, tokens) }
}

/** Asks for a way to a new password; what stands behind the # of the link that came. */
async function tokenSentTo(email: string): Promise<string> {
  const guest = await httpClient(app, null)
  await guest.auth.requestPasswordReset.mutate({ email })
  await app.drain()
  const [, token = 'none'] =
    /^.*https:\/\/desk\.example\/reset-password#token=(\S+)$/m.exec(smtp.mails.at(-1)?.text ?? '') ?? []
  return token
}

const invalid = { status: 401, reason: 'INVALID_RESET_TOKEN' }

test('whoever reads the mail of an account gets a new password, and every session and personal token ends', async () => {
  const { email, guest, client, tokens } = await register()
  const made = await client.auth.createToken.mutate({ name: 'Report', expiresInDays: 1, scopes: ['read'] })
  const program = await httpClient(app, { accessToken: made.token })
  await program.emails.list.query({})
  const token = await tokenSentTo(email)
  expect(smtp.mails).toMatchObject([
    { from: 'desk@studio.example', to: [email], subject: 'A new password for ReasonFlow' },
  ])
  expect(await guest.auth.resetPassword.mutate({ token, password: newPassword })).toEqual({ ok: true })
  expect(await refusalOf(client.settings.update.mutate({}))).toMatchObject({ reason: 'UNAUTHENTICATED' })
  expect(await refusalOf(program.emails.list.query({}))).toMatchObject({ reason: 'UNAUTHENTICATED' })
  const refused = await refusalOf(guest.auth.refresh.mutate({ refreshToken: tokens.refreshToken! }))
  expect(refused.reason).toBe('INVALID_REFRESH_TOKEN')
  expect(await refusalOf(guest.auth.login.mutate({ email, password }))).toMatchObject({ reason: 'INVALID_CREDENTIALS' })
  expect((await guest.auth.login.mutate({ email, password: newPassword })).user.email).toBe(email)
  expect(await refusalOf(guest.auth.resetPassword.mutate({ token, password }))).toMatchObject(invalid)
})

test('an address without an account gets the same answer, and no mail', async () => {
  const guest = await httpClient(app, null)
  const { email } = await register()
  const answers = []
  for (const address of [email, `${randomUUID()}@example.com`])
    answers.push(await guest.auth.requestPasswordReset.mutate({ email: address }))
  expect(answers).toEqual([{ ok: true }, { ok: true }])
  await app.drain()
  expect(smtp.mails.map(({ to }) => to)).toEqual([[email]])
})

test('a token that is guessed, of another account, too old or followed by a change of password is good for nothing', async () => {
  const { email, guest, client } = await register()
  const token = await tokenSentTo(email)
  const other = await register()
  const [, secret = ''] = token.split('.')
  const reset = (wanted: string) => refusalOf(guest.auth.resetPassword.mutate({ token: wanted, password: newPassword }))
  for (const wrong of [
    `${other.tokens.user.id}.${secret}`,
    `${token}x`,
    token.slice(1),
    `${randomUUID()}.${secret}`,
    'x',
  ])
    expect(await reset(wrong)).toMatchObject(invalid)
  await client.auth.changePassword.mutate({ currentPassword: password, newPassword: 'one more new word' })
  expect(await reset(token)).toMatchObject(invalid)

  const late = await tokenSentTo(email)
  app.clock.advance(31 * 60_000)
  expect(await reset(late)).toMatchObject(invalid)
})

test('a new password that is guessed first uses nothing up', async () => {
  const { email, guest } = await register()
  const token = await tokenSentTo(email)
  const weak = await refusalOf(guest.auth.resetPassword.mutate({ token, password: 'password123' }))
  expect(weak).toMatchObject({ status: 400, reason: 'VALIDATION_FAILED' })
  await guest.auth.resetPassword.mutate({ token, password: newPassword })
})

test('of ten resets with one token one works', async () => {
  const { email, guest } = await register()
  const token = await tokenSentTo(email)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) =>
      guest.auth.resetPassword.mutate({ token, password: `${newPassword} number ${index}` }),
    ),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('asking again and again is slowed', async () => {
  const { email, guest } = await register()
  const ask = () => guest.auth.requestPasswordReset.mutate({ email })
  for (let count = 0; count < 3; count++) await ask()
  expect(await refusalOf(ask())).toMatchObject({ reason: 'RATE_LIMITED' })
})

test('a mail server that is busy gets the same mail again later; what the database keeps opens nothing', async () => {
  const { email, guest, tokens } = await register()
  smtp.refuse(451)
  await guest.auth.requestPasswordReset.mutate({ email })
  await app.drain()
  expect(smtp.mails).toEqual([])
  smtp.refuse(null)
  await app.drainDelayed()
  const [mail, ...rest] = smtp.mails.filter(({ to }) => to.includes(email))
  expect(rest).toEqual([])
  const rows = await app.db.selectFrom('passwordResets').where('userId', '=', tokens.user.id).selectAll().execute()
  expect(rows).toHaveLength(1)
  const [, token = ''] = /#token=(\S+)/.exec(mail?.text ?? '') ?? []
  expect(JSON.stringify(rows)).not.toContain(token.split('.')[1])
})
