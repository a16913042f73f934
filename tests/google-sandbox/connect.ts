import type { CodeChallengeMethod } from 'google-auth-library'
import { calendar, type calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js'
import { auth, gmail, type gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import type { SandboxGoogle } from '../../google-sandbox/sandbox.ts'

const base = 'https://www.googleapis.com/auth'
export const redirectUri = 'http://127.0.0.1:3000/api/v1/auth/gmail/callback'
export const scopes = {
  product: [
    'openid',
    'email',
    `${base}/gmail.readonly`,
    `${base}/gmail.compose`,
    `${base}/calendar.freebusy`,
    `${base}/calendar.events`,
  ],
  readonly: `${base}/gmail.readonly`,
  compose: `${base}/gmail.compose`,
  modify: `${base}/gmail.modify`,
  calendar: `${base}/calendar`,
}

/** The real client, pointed at the sandbox. */
export function newClient({ url, clientId, clientSecret }: SandboxGoogle) {
  return new auth.OAuth2({
    clientId,
    clientSecret,
    redirectUri,
    endpoints: {
      oauth2AuthBaseUrl: `${url}/o/oauth2/v2/auth`,
      oauth2TokenUrl: `${url}/token`,
      oauth2RevokeUrl: `${url}/revoke`,
      tokenInfoUrl: `${url}/tokeninfo`,
      oauth2FederatedSignonPemCertsUrl: `${url}/oauth2/v1/certs`,
    },
    transporterOptions: { retry: false },
  })
}

export type Client = ReturnType<typeof newClient>

export interface Person {
  email: string
  client: Client
  gmail: gmail_v1.Gmail
  calendar: calendar_v3.Calendar
}

/** Gives the person an account if need be and walks them through consent. */
export async function connect(
  sandbox: SandboxGoogle,
  email: string,
  { scope = [...scopes.product, scopes.modify], isNew = true }: { scope?: string[]; isNew?: boolean } = {},
): Promise<Person> {
  if (isNew) await sandbox.addAccount({ email })
  const client = newClient(sandbox)
  const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync()
  const authorizeUrl = authorizeUrlOf(client, { scope, codeChallenge: codeChallenge! })
  const code = (await sandbox.consent(authorizeUrl, { email })).searchParams.get('code')!
  const { tokens } = await client.getToken({ code, codeVerifier })
  client.setCredentials(tokens)
  const options = { auth: client, rootUrl: `${sandbox.url}/`, retry: false }
  return {
    email,
    client,
    gmail: gmail({ version: 'v1', ...options }),
    calendar: calendar({ version: 'v3', ...options }),
  }
}

export function authorizeUrlOf(
  client: Client,
  {
    codeChallenge,
    ...rest
  }: { scope: string[]; codeChallenge: string; state?: string; nonce?: string; prompt?: string },
): string {
  const code_challenge_method = 'S256' as CodeChallengeMethod
  return client.generateAuthUrl({
    access_type: 'offline',
    code_challenge: codeChallenge,
    code_challenge_method,
    ...rest,
  })
}

/** A raw mail. */
export function mail(headers: Record<string, string>, body = 'Hello.'): string {
  const lines = Object.entries({ Date: new Date().toUTCString(), ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return `${lines.join('\r\n')}\r\n\r\n${body}\r\n`
}

/** A raw mail as the API takes it. */
export function encodeMail(headers: Record<string, string>, body?: string): string {
  return Buffer.from(mail(headers, body)).toString('base64url')
}

export function headerIn(message: gmail_v1.Schema$Message | undefined, name: string): string | null | undefined {
  return message?.payload?.headers?.find((header) => header.name?.toLowerCase() === name.toLowerCase())?.value
}

/** How a call failed: status and Google's reason. */
export async function failureOf(call: Promise<unknown>): Promise<{ status?: number; code?: unknown; reason?: string }> {
  try {
    await call
  } catch (error) {
    const failure = error as { status?: number; code?: unknown; response?: { data?: { error?: unknown } } }
    const detail = failure.response?.data?.error
    const reason =
      typeof detail === 'string'
        ? detail
        : (detail as { errors?: { reason: string }[] } | undefined)?.errors?.[0]?.reason
    const { status, code } = failure
    return { ...(status && { status }), code, ...(reason && { reason }) }
  }
  throw new Error('The call succeeded')
}
