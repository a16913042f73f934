import type { AuthorizeUrlInput, ConsentFailure } from '../../shared-types/index.ts'
import { type AppContext, isProgram, type RequestContext, type SessionCaller } from '../context.ts'
import { insertOauthState, takeOauthState } from '../db/accounts/oauth-states.ts'
import { isSessionAlive } from '../db/accounts/sessions.ts'
import { AppError, isUpstream } from '../errors.ts'
import type { GoogleGrant } from '../ports.ts'
import { countCall } from '../security/attempt-limits.ts'
import { networkOf } from '../security/network.ts'
import { hashSecret, newSecret } from '../security/secret.ts'
import { step } from '../step.ts'
import { linkGoogleLogin, loginWithGoogle } from './google-login.ts'
import { linkMailbox } from './mailbox-connection.ts'
import { provePassword } from './sessions.ts'
import { assertAlive, ownCredentials } from './signed-in.ts'

const stateLifeMs = 10 * 60_000
const exchangeTimeoutMs = 20_000

/** What the page of the frontend is told. */
export type ConsentOutcome =
  | { readonly connected: string }
  | { readonly login: 'google' }
  | { readonly linked: 'google' }
  | { readonly error: ConsentFailure }

/** What Google's redirect brought; nothing in it is to be believed. */
export interface ConsentAnswer {
  readonly state?: string | undefined
  readonly code?: string | undefined
  readonly error?: string | undefined
}

/**
 * The address of Google's consent page, bound for ten minutes to this browser and, unless it is for a log-in, to this session.
 * GMAIL_NOT_CONFIGURED, UNAUTHENTICATED, RATE_LIMITED; to link, INVALID_CREDENTIALS and PASSWORD_NOT_SET as well.
 */
export async function startConsent(ctx: RequestContext, input: AuthorizeUrlInput): Promise<{ url: string }> {
  const { purpose, returnTo } = input
  const session = purpose === 'login' ? null : await aliveSession(ctx)
  const { googleAuth } = ctx
  if (!googleAuth) {
    throw new AppError('GMAIL_NOT_CONFIGURED', 'This server has no Gmail client yet: its operator must set one up.')
  }
  assertOwnPage(returnTo)
  if (session) await countCall(ctx.db, 'authorize', session.userId)
  else await countCall(ctx.db, 'authorizeLogin', networkOf(ctx.clientAddress))
  if (session && purpose === 'link')
    await provePassword(ctx, await ownCredentials(ctx.db, session.userId), input.password)

  const request = { state: newSecret(), nonce: newSecret(), codeVerifier: newSecret() }
  const wanted = { ...request, for: purpose === 'connect' ? 'mailbox' : 'login' } as const
  const url = await step('google-authorize-url', () => googleAuth.authorizeUrl(wanted))
  await step('start-consent', () =>
    insertOauthState(ctx.db, {
      stateHash: hashSecret(request.state),
      browserHash: hashSecret(ctx.browserCookie.ensure()),
      purpose,
      userId: session?.userId ?? null,
      sessionId: session?.sessionId ?? null,
      nonce: request.nonce,
      codeVerifier: request.codeVerifier,
      returnTo: returnTo ?? null,
      expiresAt: new Date(ctx.clock.now().getTime() + stateLifeMs).toISOString(),
    }),
  )
  return { url }
}

/** Ends what `startConsent` began; answers the page of the frontend that tells the person how it went. */
export async function completeConsent(ctx: RequestContext, answer: ConsentAnswer): Promise<string> {
  const state = await takeState(ctx, answer)
  const outcome = state ? await complete(ctx, state, answer) : ({ error: 'STATE_INVALID' } as const)
  const about = { userId: state?.userId, purpose: state?.purpose }
  if ('error' in outcome) ctx.logger.warn({ ...about, reason: outcome.error }, 'a consent at Google came to nothing')
  else ctx.logger.info({ ...about, ...outcome }, 'a consent at Google ended well')
  return frontendPage(ctx, state?.returnTo, { ...outcome })
}

type State = NonNullable<Awaited<ReturnType<typeof takeState>>>

async function takeState(ctx: RequestContext, { state }: ConsentAnswer) {
  const browserSecret = ctx.browserCookie.read()
  if (!state || !browserSecret) return undefined
  return step('take-oauth-state', () =>
    takeOauthState(ctx.db, {
      stateHash: hashSecret(state),
      browserHash: hashSecret(browserSecret),
      now: ctx.clock.now().toISOString(),
    }),
  )
}

async function complete(ctx: RequestContext, state: State, { code, error }: ConsentAnswer): Promise<ConsentOutcome> {
  const { purpose, userId, sessionId, codeVerifier, nonce } = state
  const session = userId !== null && sessionId !== null ? { userId, sessionId } : null
  if (session === null && purpose !== 'login') return { error: 'STATE_INVALID' }
  if (error !== undefined) return { error: error === 'access_denied' ? 'CONSENT_DENIED' : 'EXCHANGE_FAILED' }
  if (session && !(await isSessionAlive(ctx.db, session.userId, session.sessionId))) return { error: 'SESSION_ENDED' }
  const grant = await redeem(ctx, { code, codeVerifier, nonce })
  if (!grant) return { error: 'EXCHANGE_FAILED' }
  if (session === null) return loginWithGoogle(ctx, grant)
  return purpose === 'connect' ? linkMailbox(ctx, session, grant) : linkGoogleLogin(ctx, session, grant)
}

async function redeem(
  ctx: AppContext,
  { code, ...proof }: { code: string | undefined; codeVerifier: string; nonce: string },
): Promise<GoogleGrant | undefined> {
  const { googleAuth } = ctx
  if (!googleAuth || !code) return undefined
  const signal = AbortSignal.any([ctx.stopping, AbortSignal.timeout(exchangeTimeoutMs)])
  try {
    return await step('google-exchange-code', () => googleAuth.exchange({ code, ...proof }, signal))
  } catch (error) {
    if (!isUpstream(error)) throw error
    ctx.logger.warn({ err: error }, 'Google did not accept the authorization code')
    return undefined
  }
}

async function aliveSession(ctx: RequestContext): Promise<SessionCaller> {
  const { caller } = ctx
  if (!caller || isProgram(caller)) throw new AppError('UNAUTHENTICATED', 'Sign in first.')
  await assertAlive(ctx.db, caller)
  return caller
}

/** Names, slashes and a plain query: nothing a browser or a proxy could read as another host or another path. */
const ownPage = /^\/(?:[\w-]{1,100}(?:\/[\w-]{1,100}){0,20}\/?)?(?:\?[\w=&.-]{0,200})?$/

function assertOwnPage(returnTo: string | undefined): void {
  if (returnTo === undefined || ownPage.test(returnTo)) return
  throw new AppError('VALIDATION_FAILED', 'returnTo must be a path on this site, such as /settings.')
}

function frontendPage(ctx: AppContext, returnTo: string | null | undefined, query: Record<string, string>): string {
  const url = new URL(`${ctx.config.frontendUrl}${returnTo ?? '/'}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.toString()
}
