import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { faultMatrix, type SandboxGoogle, startSandbox } from '../../google-sandbox/sandbox.ts'
import { createGoogleAuth, googleScopes } from '../../server/adapters/google/auth.ts'
import { grantAccess, newProof, redirectUri, sandboxConfig } from '../support/google-account.ts'

const email = 'owner@example.com'

async function openAuth() {
  const sandbox = await startSandbox()
  await sandbox.addAccount({ email })
  const config = sandboxConfig(sandbox)
  return {
    sandbox,
    config,
    auth: createGoogleAuth(config),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  }
}

const tokenCalls = (sandbox: SandboxGoogle) => sandbox.journal.filter(({ path }) => path === '/token')

test('the consent page is asked for the least scopes, offline, with state, nonce and an S256 challenge', async () => {
  await using google = await openAuth()
  const { state, nonce, codeVerifier } = newProof()
  const url = new URL(await google.auth.authorizeUrl({ state, nonce, codeVerifier, for: 'mailbox' }))
  expect(`${url.origin}${url.pathname}`).toBe(`${google.sandbox.url}/o/oauth2/v2/auth`)
  expect(Object.fromEntries(url.searchParams)).toEqual({
    access_type: 'offline',
    prompt: 'consent',
    scope:
      'openid email https://www.googleapis.com/auth/gmail.readonly https://www.googleapis.com/auth/gmail.compose https://www.googleapis.com/auth/calendar.freebusy https://www.googleapis.com/auth/calendar.events',
    state,
    nonce,
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
    response_type: 'code',
    client_id: google.config.clientId,
    redirect_uri: redirectUri,
  })
})

test('a log-in asks who somebody is, and for nothing of theirs', async () => {
  await using google = await openAuth()
  const url = new URL(await google.auth.authorizeUrl({ ...newProof(), for: 'login' }))
  const { scope, access_type, prompt, code_challenge_method } = Object.fromEntries(url.searchParams)
  expect({ scope, access_type, prompt, code_challenge_method }).toEqual({
    scope: 'openid email',
    access_type: 'online',
    prompt: 'select_account',
    code_challenge_method: 'S256',
  })
})

test('without a base address of its own it is Google that is asked', async () => {
  const config = { clientId: 'id', clientSecret: 'secret', redirectUri, apiBaseUrl: null, oauthBaseUrl: null }
  expect(await createGoogleAuth(config).authorizeUrl({ ...newProof(), for: 'mailbox' })).toMatch(
    /^https:\/\/accounts\.google\.com\/o\/oauth2\/v2\/auth\?/,
  )
})

test('a redeemed code gives tokens, the identity and exactly what was granted', async () => {
  await using google = await openAuth()
  const grant = await grantAccess(google.sandbox, google.auth, { email })
  expect(grant).toMatchObject({ address: email, addressVerified: true, subject: expect.stringMatching(/^\d+$/) })
  expect(grant.refreshToken).toEqual(expect.any(String))
  expect(grant.scopes).toEqual(expect.arrayContaining(googleScopes.filter((scope) => scope.startsWith('https:'))))
  const lifeMs = grant.expiresAt.getTime() - Date.now()
  expect(lifeMs).toBeGreaterThan(3_500_000)
  expect(lifeMs).toBeLessThan(3_700_000)
})

test('scopes the person unticked are not among the granted ones', async () => {
  await using google = await openAuth()
  const mail = 'https://www.googleapis.com/auth/gmail.readonly'
  const { scopes } = await grantAccess(google.sandbox, google.auth, { email, scopes: [mail] })
  expect(scopes).toContain(mail)
  expect(scopes.filter((scope) => scope.includes('calendar') || scope.includes('compose'))).toEqual([])
})

test.each(['another verifier', 'a code used twice', 'a made-up code'])('the exchange refuses %s', async (attack) => {
  await using google = await openAuth()
  const { sandbox, auth } = google
  const { state, nonce, codeVerifier } = newProof()
  const redirect = await sandbox.consent(await auth.authorizeUrl({ state, nonce, codeVerifier, for: 'mailbox' }), {
    email,
  })
  const code = redirect.searchParams.get('code') ?? ''
  if (attack === 'a code used twice') await auth.exchange({ code, codeVerifier, nonce })
  const call = auth.exchange({
    code: attack === 'a made-up code' ? 'made-up' : code,
    codeVerifier: attack === 'another verifier' ? newProof().codeVerifier : codeVerifier,
    nonce,
  })
  await expect(call).rejects.toMatchObject({ kind: 'rejected', vendor: 'google-oauth' })
})

describe('ID tokens', () => {
  const nonce = newProof().nonce
  const now = Math.floor(Date.now() / 1_000)

  /** Redeems a code whose answer carries this ID token instead of the true one. */
  async function exchangeWith(idToken: (google: { sandbox: SandboxGoogle; clientId: string }) => string) {
    await using google = await openAuth()
    const { sandbox, config, auth } = google
    const json = {
      access_token: 'access',
      expires_in: 3_599,
      scope: 'openid',
      token_type: 'Bearer',
      id_token: idToken({ sandbox, clientId: config.clientId }),
    }
    sandbox.inject({ match: { path: /^\/token$/ }, kind: { status: 200, json } })
    return await auth.exchange({ code: 'any', codeVerifier: newProof().codeVerifier, nonce })
  }

  const claims = (clientId: string) => ({
    iss: 'https://accounts.google.com',
    aud: clientId,
    sub: '1234',
    email: 'Owner@Example.com',
    email_verified: true,
    nonce,
    iat: now,
    exp: now + 3_600,
  })

  test('a true one is accepted', async () => {
    const grant = await exchangeWith(({ sandbox, clientId }) => sandbox.sign(claims(clientId)))
    expect(grant).toMatchObject({ subject: '1234', address: 'owner@example.com', addressVerified: true })
  })

  test('an unproven address is said to be one', async () => {
    const grant = await exchangeWith(({ sandbox, clientId }) =>
      sandbox.sign({ ...claims(clientId), email_verified: false }),
    )
    expect(grant.addressVerified).toBe(false)
  })

  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 })

  const wrongClaims: Record<string, object> = {
    'another audience': { aud: 'somebody-else' },
    'another issuer': { iss: 'https://accounts.example.com' },
    'an end that is past': { iat: now - 7_200, exp: now - 3_600 },
    'a nonce of another request': { nonce: newProof().nonce },
    'no nonce': { nonce: undefined },
    'no subject': { sub: undefined },
    'no address': { email: undefined },
  }
  test.each(Object.entries(wrongClaims))('%s is refused', async (_name, wrong) => {
    const call = exchangeWith(({ sandbox, clientId }) => sandbox.sign({ ...claims(clientId), ...wrong }))
    await expect(call).rejects.toMatchObject({ kind: 'bad_answer' })
  })

  const forgeries: Record<string, (clientId: string) => string> = {
    'algorithm none': (clientId) => `${part({ alg: 'none', kid: 'sandbox-1' })}.${part(claims(clientId))}.`,
    'a signature of the public key as secret': (clientId) => {
      const signed = `${part({ alg: 'HS256', kid: 'sandbox-1' })}.${part(claims(clientId))}`
      const pem = createPublicKey(stranger.privateKey).export({ type: 'spki', format: 'pem' })
      return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`
    },
    'an unknown key': (clientId) => `${part({ alg: 'RS256', kid: 'other' })}.${part(claims(clientId))}.AAAA`,
    'no token at all': () => 'nonsense',
  }
  test.each(Object.entries(forgeries))('%s is refused', async (_name, forge) => {
    await expect(exchangeWith(({ clientId }) => forge(clientId))).rejects.toMatchObject({ kind: 'bad_answer' })
  })

  test('claims changed after signing are refused', async () => {
    const call = exchangeWith(({ sandbox, clientId }) => {
      const [head, , signature] = sandbox.sign(claims(clientId)).split('.')
      return `${head}.${part({ ...claims(clientId), sub: '999' })}.${signature}`
    })
    await expect(call).rejects.toMatchObject({ kind: 'bad_answer', message: expect.not.stringContaining('eyJ') })
  })

  test('certificates that cannot be had are a passing failure', async () => {
    await using google = await openAuth()
    google.sandbox.inject({ match: { path: /certs$/ }, kind: faultMatrix.unavailable })
    await expect(grantAccess(google.sandbox, google.auth, { email })).rejects.toMatchObject({ kind: 'unavailable' })
  })
})

describe('refresh and revocation', () => {
  test('a refresh gives a new access token and no new refresh token', async () => {
    await using google = await openAuth()
    const grant = await grantAccess(google.sandbox, google.auth, { email })
    const renewed = await google.auth.refresh(grant.refreshToken ?? '')
    expect(renewed.accessToken).not.toBe(grant.accessToken)
    expect(renewed.refreshToken).toBeNull()
    expect(renewed.scopes).toEqual(grant.scopes)
  })

  test('a revoked grant needs the owner, and is asked about once', async () => {
    await using google = await openAuth()
    const { refreshToken } = await grantAccess(google.sandbox, google.auth, { email })
    await google.auth.revoke(refreshToken ?? '')
    const before = tokenCalls(google.sandbox).length
    await expect(google.auth.refresh(refreshToken ?? '')).rejects.toMatchObject({ kind: 'needs_reauth' })
    expect(tokenCalls(google.sandbox).length - before).toBe(1)
  })

  test('revoking twice is no error', async () => {
    await using google = await openAuth()
    const { refreshToken } = await grantAccess(google.sandbox, google.auth, { email })
    await google.auth.revoke(refreshToken ?? '')
    await expect(google.auth.revoke(refreshToken ?? '')).resolves.toBeUndefined()
  })

  test.each([
    'internalError',
    'badGateway',
    'reset',
    'answerLost',
    'truncatedJson',
    'timeout',
    'tooManyRequests',
  ] as const)('a refresh that fails in passing is one request and costs no grant: %s', async (name) => {
    await using google = await openAuth()
    const hurried = createGoogleAuth(google.config, name === 'timeout' ? { deadlineMs: 300 } : {})
    const { refreshToken } = await grantAccess(google.sandbox, google.auth, { email })
    using fault = google.sandbox.inject({ match: { path: /^\/token$/ }, kind: faultMatrix[name], times: 9 })
    const call = hurried.refresh(refreshToken ?? '')
    await expect(call).rejects.toMatchObject({ name: 'UpstreamError', kind: expect.not.stringMatching(/needs_reauth/) })
    expect(fault.hits).toBe(1)
  })

  test('a caller may give up', async () => {
    await using google = await openAuth()
    const { refreshToken } = await grantAccess(google.sandbox, google.auth, { email })
    google.sandbox.inject({ match: { path: /^\/token$/ }, kind: 'timeout' })
    const call = google.auth.refresh(refreshToken ?? '', AbortSignal.timeout(100))
    await expect(call).rejects.toMatchObject({ kind: 'timeout' })
  })
})
