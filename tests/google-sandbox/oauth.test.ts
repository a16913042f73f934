import { gmail } from 'googleapis/build/src/apis/gmail/index.js'
import { oauth2 } from 'googleapis/build/src/apis/oauth2/index.js'
import { expect, test } from 'vitest'
import { startSandbox } from '../../google-sandbox/sandbox.ts'
import { authorizeUrlOf, connect, failureOf, newClient, redirectUri, scopes } from './connect.ts'

const email = 'ada@example.test'

async function startWithClient() {
  const sandbox = await startSandbox()
  await sandbox.addAccount({ email, name: 'Ada Lovelace' })
  const client = newClient(sandbox)
  const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync()
  return { sandbox, client, codeVerifier, codeChallenge: codeChallenge! }
}

test('a person who agrees is signed in: code, PKCE, tokens and an ID token with our nonce', async () => {
  const { sandbox, client, codeVerifier, codeChallenge } = await startWithClient()
  await using _ = sandbox
  const url = authorizeUrlOf(client, { scope: scopes.product, codeChallenge, state: 's1', nonce: 'n1' })

  const redirect = await sandbox.consent(url, { email })
  expect(redirect.href.startsWith(redirectUri)).toBe(true)
  expect(redirect.searchParams.get('state')).toBe('s1')

  const { tokens } = await client.getToken({ code: redirect.searchParams.get('code')!, codeVerifier })
  expect(tokens.refresh_token).toBeTruthy()
  expect(tokens.expiry_date).toBeGreaterThan(Date.now())
  expect(tokens.scope?.split(' ')).toContain('https://www.googleapis.com/auth/userinfo.email')

  const ticket = await client.verifyIdToken({ idToken: tokens.id_token!, audience: sandbox.clientId })
  expect(ticket.getPayload()).toMatchObject({
    iss: 'https://accounts.google.com',
    sub: expect.stringMatching(/^\d{21}$/),
    email,
    email_verified: true,
    nonce: 'n1',
  })
  const info = await client.getTokenInfo(tokens.access_token!)
  expect(info).toMatchObject({ email, aud: sandbox.clientId, sub: ticket.getUserId() })
  client.setCredentials(tokens)
  const { data } = await oauth2({ version: 'v2', auth: client, rootUrl: `${sandbox.url}/` }).userinfo.get()
  expect(data).toMatchObject({ id: ticket.getUserId(), email, verified_email: true })
})

test('a code is worth nothing without its verifier, and only once with it', async () => {
  const { sandbox, client, codeVerifier, codeChallenge } = await startWithClient()
  await using _ = sandbox
  const redirect = await sandbox.consent(authorizeUrlOf(client, { scope: scopes.product, codeChallenge }), { email })
  const code = redirect.searchParams.get('code')!

  expect(await failureOf(client.getToken({ code, codeVerifier: 'x'.repeat(43) }))).toMatchObject({
    status: 400,
    reason: 'invalid_grant',
  })
  await client.getToken({ code, codeVerifier })
  expect(await failureOf(client.getToken({ code, codeVerifier }))).toMatchObject({ reason: 'invalid_grant' })
})

test('a person may decline, or grant only a part', async () => {
  const { sandbox, client, codeVerifier, codeChallenge } = await startWithClient()
  await using _ = sandbox
  const url = authorizeUrlOf(client, { scope: scopes.product, codeChallenge, state: 's2' })

  const declined = await sandbox.consent(url, { email, deny: true })
  expect(Object.fromEntries(declined.searchParams)).toEqual({ error: 'access_denied', state: 's2' })

  const partly = await sandbox.consent(url, { email, scopes: [scopes.readonly] })
  const { tokens } = await client.getToken({ code: partly.searchParams.get('code')!, codeVerifier })
  expect(tokens.scope).not.toContain('compose')
  client.setCredentials(tokens)
  const mailbox = gmail({ version: 'v1', auth: client, rootUrl: `${sandbox.url}/`, retry: false })
  await mailbox.users.getProfile({ userId: 'me' })
  expect(await failureOf(mailbox.users.drafts.create({ userId: 'me', requestBody: {} }))).toMatchObject({
    status: 403,
    reason: 'insufficientPermissions',
  })
})

test('the consent page lists the accounts and refuses a redirect away from this machine', async () => {
  const { sandbox, client, codeChallenge } = await startWithClient()
  await using _ = sandbox
  await sandbox.addAccount({ email: 'bob@example.test' })
  const url = authorizeUrlOf(client, { scope: scopes.product, codeChallenge })

  const page = await (await fetch(url)).text()
  expect(page).toContain(email)
  expect(page).toContain('bob@example.test')
  const foreign = url.replace(encodeURIComponent('http://127.0.0.1:3000'), encodeURIComponent('https://evil.test'))
  await expect(sandbox.consent(foreign, { email })).rejects.toThrow('redirect_uri_mismatch')
})

test('a refresh token comes at the first consent and later only when asked for', async () => {
  const { sandbox, client, codeVerifier, codeChallenge } = await startWithClient()
  await using _ = sandbox
  const redeem = async (prompt?: string) => {
    const url = authorizeUrlOf(client, { scope: scopes.product, codeChallenge, ...(prompt && { prompt }) })
    const code = (await sandbox.consent(url, { email })).searchParams.get('code')!
    return (await client.getToken({ code, codeVerifier })).tokens.refresh_token
  }

  expect(await redeem()).toBeTruthy()
  expect(await redeem()).toBeUndefined()
  expect(await redeem('consent')).toBeTruthy()
})

test('an unknown bearer is refused in the words of Google', async () => {
  await using sandbox = await startSandbox()
  const client = newClient(sandbox)
  client.setCredentials({ access_token: 'invented', expiry_date: Date.now() + 3_600_000 })
  const mailbox = gmail({ version: 'v1', auth: client, rootUrl: `${sandbox.url}/`, retry: false })

  expect(await failureOf(mailbox.users.getProfile({ userId: 'me' }))).toMatchObject({
    status: 401,
    reason: 'authError',
  })
})

test('an expired access token is refused until it is refreshed', async () => {
  await using sandbox = await startSandbox()
  const { gmail: mailbox, client } = await connect(sandbox, email)
  sandbox.expireAccessTokens(email)

  expect(await failureOf(mailbox.users.getProfile({ userId: 'me' }))).toMatchObject({ status: 401 })
  const { credentials } = await client.refreshAccessToken()
  client.setCredentials(credentials)
  expect((await mailbox.users.getProfile({ userId: 'me' })).data.emailAddress).toBe(email)
})

test('after revocation the access token is refused and refresh answers invalid_grant', async () => {
  await using sandbox = await startSandbox()
  const ada = await connect(sandbox, email)
  const bob = await connect(sandbox, 'bob@example.test')
  await ada.client.revokeToken(ada.client.credentials.refresh_token!)

  expect(await failureOf(ada.gmail.users.getProfile({ userId: 'me' }))).toMatchObject({ status: 401 })
  expect(await failureOf(ada.client.refreshAccessToken())).toMatchObject({ status: 400, reason: 'invalid_grant' })
  await bob.gmail.users.getProfile({ userId: 'me' })

  await sandbox.revokeGrants('bob@example.test')
  expect(await failureOf(bob.client.refreshAccessToken())).toMatchObject({ status: 400, reason: 'invalid_grant' })
})

test('nobody reads the mailbox of somebody else', async () => {
  await using sandbox = await startSandbox()
  const { gmail: mailbox } = await connect(sandbox, email)
  await connect(sandbox, 'bob@example.test')

  expect(await failureOf(mailbox.users.getProfile({ userId: 'bob@example.test' }))).toMatchObject({ status: 403 })
})

test('a token signed by the sandbox passes the check of its certificates', async () => {
  await using sandbox = await startSandbox()
  const seconds = Math.floor(Date.now() / 1_000)
  const claims = { iss: 'https://accounts.google.com', aud: 'push', email, exp: seconds + 3_600 }
  const client = newClient(sandbox)

  const ticket = await client.verifyIdToken({ idToken: sandbox.sign(claims), audience: 'push' })
  expect(ticket.getPayload()).toMatchObject(claims)
  await expect(client.verifyIdToken({ idToken: sandbox.sign(claims), audience: 'other' })).rejects.toThrow('audience')
})

test('a person with a browser agrees by the form on the page', async () => {
  const { sandbox, client, codeVerifier, codeChallenge } = await startWithClient()
  await using _ = sandbox
  const html = await (await fetch(authorizeUrlOf(client, { scope: scopes.product, codeChallenge, state: 's3' }))).text()
  const inputs = [...html.matchAll(/<input type="(?:hidden|checkbox)" name="([^"]*)" value="([^"]*)"/g)]
  const unescape = (text: string) => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
  const form = new URLSearchParams(inputs.map(([, name = '', value = '']): [string, string] => [name, unescape(value)]))
  form.set('email', email)

  const action = `${sandbox.url}/o/oauth2/v2/auth/callback`
  const answer = await fetch(action, { method: 'POST', body: form, redirect: 'manual' })
  const redirect = new URL(answer.headers.get('location')!)
  expect(redirect.searchParams.get('state')).toBe('s3')
  const { tokens } = await client.getToken({ code: redirect.searchParams.get('code')!, codeVerifier })
  expect(tokens.scope).toContain('gmail.compose')
})
