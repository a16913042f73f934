/** What a person agreed to on the consent page, until the code is redeemed. */
export interface PendingCode {
  email: string
  scopes: string[]
  redirectUri: string
  wantsRefreshToken: boolean
}

export interface Token {
  email: string
  scopes: string[]
}

export interface AccessToken extends Token {
  expiresAt: number
}

/** What the gateway knows of codes and tokens; emulate made every one of them. */
export interface Grants {
  codes: Map<string, PendingCode>
  access: Map<string, AccessToken>
  refresh: Map<string, Token>
}

export const accessTokenSeconds = 3_599

export function createGrants(): Grants {
  return { codes: new Map(), access: new Map(), refresh: new Map() }
}

/** The access token of this request if it is known; whether it is still alive is the caller's question. */
export function bearerOf(grants: Grants, authorization: string | undefined): AccessToken | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1]
  return token === undefined ? undefined : grants.access.get(token)
}

/** Whether this account has agreed to anything that still stands. */
export function hasGrant(grants: Grants, email: string): boolean {
  return scopesGranted(grants, email).length > 0
}

/** Everything this account has agreed to so far, for include_granted_scopes. */
export function scopesGranted(grants: Grants, email: string): string[] {
  const tokens = [...grants.refresh.values(), ...grants.access.values()].filter((token) => token.email === email)
  return [...new Set(tokens.flatMap(({ scopes }) => scopes))]
}

/** Google ends the whole grant, whichever of its tokens was named. */
export function revokeGrants(grants: Grants, email: string): void {
  for (const tokens of [grants.codes, grants.access, grants.refresh]) {
    for (const [token, { email: owner }] of tokens) if (owner === email) tokens.delete(token)
  }
}

export function expireAccessTokens(grants: Grants, email: string): void {
  for (const token of grants.access.values()) if (token.email === email) token.expiresAt = 0
}
