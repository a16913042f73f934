import { randomUUID } from 'node:crypto'
import { UpstreamError } from '../../server/errors.ts'
import type { GoogleAuth, GoogleGrant } from '../../server/ports.ts'

const gmailScopes = ['gmail.readonly', 'gmail.compose', 'calendar.freebusy']

/** Hands out a grant for each code that was prepared; like Google it wants the verifier and nonce of the beginning. */
export function fakeGoogleAuth(now: () => Date) {
  const requests = new Map<string, { nonce: string; codeVerifier: string }>()
  const grants = new Map<string, { state: string; grant: GoogleGrant }>()
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
    consent(state: string, grant: Partial<GoogleGrant> = {}) {
      const code = randomUUID()
      const scopes = gmailScopes.map((scope) => `https://www.googleapis.com/auth/${scope}`)
      const whole = {
        accessToken: `access-${code}`,
        refreshToken: `refresh-${code}`,
        expiresAt: new Date(now().getTime() + 3_600_000),
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
