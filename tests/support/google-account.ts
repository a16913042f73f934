import { randomBytes, randomUUID } from 'node:crypto'
import { type SandboxGoogle, startSandbox } from '../../google-sandbox/sandbox.ts'
import { createGmail } from '../../server/adapters/google/gmail.ts'
import { createGoogleAuth } from '../../server/adapters/google/auth.ts'
import { createGoogleCalendar } from '../../server/adapters/google/calendar.ts'
import type { GoogleConfig } from '../../server/config.ts'
import type { AccessTokens, GoogleAuth, GoogleTokens } from '../../server/ports.ts'

export const redirectUri = 'http://127.0.0.1:8000/api/v1/auth/gmail/callback'

export function sandboxConfig(sandbox: SandboxGoogle): GoogleConfig {
  const { url, clientId, clientSecret } = sandbox
  return { clientId, clientSecret, redirectUri, apiBaseUrl: url, oauthBaseUrl: url }
}

/** What a connect needs to remember between the two redirects. */
export function newProof() {
  const secret = () => randomBytes(32).toString('base64url')
  return { state: secret(), nonce: secret(), codeVerifier: secret() }
}

/** The person agrees, and the code is redeemed: tokens and identity. */
export async function grantAccess(
  sandbox: SandboxGoogle,
  auth: GoogleAuth,
  person: { email: string; scopes?: string[] },
): ReturnType<GoogleAuth['exchange']> {
  const { state, nonce, codeVerifier } = newProof()
  const redirect = await sandbox.consent(
    await auth.authorizeUrl({ state, nonce, codeVerifier, for: 'mailbox' }),
    person,
  )
  return auth.exchange({ code: redirect.searchParams.get('code') ?? '', codeVerifier, nonce })
}

/** One account whose owner has agreed, with the adapters on it; a request may take `deadlineMs`. */
export async function connectGoogle(
  { scopes, deadlineMs = 30_000 }: { scopes?: string[]; deadlineMs?: number } = {},
  habits: Parameters<typeof startSandbox>[0] = {},
) {
  const sandbox = await startSandbox(habits)
  const email = 'owner@example.com'
  await sandbox.addAccount({ email })
  const config = sandboxConfig(sandbox)
  const auth = createGoogleAuth(config)
  const grant = await grantAccess(sandbox, auth, { email, ...(scopes && { scopes }) })
  const tokens = tokensInMemory(auth, grant)
  const timing = { deadlineMs, backoffMs: 5 }
  return {
    sandbox,
    email,
    ref: { userId: randomUUID(), mailboxId: randomUUID() },
    ...createGmail(config, tokens, timing),
    /** Its sender, but less patient. */
    senderWithin: (ms: number) => createGmail(config, tokens, { ...timing, deadlineMs: ms }).mailSender,
    calendar: createGoogleCalendar(config, tokens, timing),
    requests: (path: RegExp, method?: string) =>
      sandbox.journal.filter((entry) => path.test(entry.path) && (!method || entry.method === method)),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  }
}

/** The least an AccessTokens can be: it refreshes what was refused. */
function tokensInMemory(auth: GoogleAuth, { accessToken, refreshToken }: GoogleTokens): AccessTokens {
  let current = accessToken
  return {
    async get(_mailbox, { rejected } = {}) {
      if (rejected === current) ({ accessToken: current } = await auth.refresh(refreshToken ?? ''))
      return current
    },
  }
}

/** A small mail, line ends as on the wire. */
export function rawMail(headers: Record<string, string>, text = 'Hello'): string {
  const all = { From: 'Ann <ann@example.com>', To: 'owner@example.com', Subject: 'Hello', ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return [...lines, '', text, ''].join('\r\n')
}
