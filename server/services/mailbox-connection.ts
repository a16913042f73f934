import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { AuthorizeUrlInput, ConnectFailure } from '../../shared-types/index.ts'
import type { AppContext, RequestContext, SessionCaller } from '../context.ts'
import { claimIdentity, findMailboxBySubject, upsertConnectedMailbox } from '../db/mailboxes/mailbox-connection.ts'
import { cancelRevocations } from '../db/mailboxes/grant-revocations.ts'
import { tokenPlace } from '../db/mailboxes/tokens.ts'
import { writeAudit } from '../db/accounts/audit.ts'
import { insertOauthState, takeOauthState } from '../db/accounts/oauth-states.ts'
import type { DB } from '../db/engine/schema.ts'
import { isSessionAlive } from '../db/accounts/sessions.ts'
import { AppError, isUpstream } from '../errors.ts'
import type { GoogleAuth } from '../ports.ts'
import { countCall } from '../security/attempt-limits.ts'
import { hashSecret, newSecret } from '../security/secret.ts'
import { inTransaction, step } from '../step.ts'
import { allowsMail } from './google-scopes.ts'

const stateLifeMs = 10 * 60_000
const exchangeTimeoutMs = 20_000

type Grant = Awaited<ReturnType<GoogleAuth['exchange']>>

/** What Google's redirect brought; nothing in it is to be believed. */
export interface ConnectAnswer {
  readonly state?: string | undefined
  readonly code?: string | undefined
  readonly error?: string | undefined
  /** From the cookie that the beginning set. */
  readonly browserSecret?: string | undefined
}

/** The address of Google's consent page, bound to this session and this browser for ten minutes. GMAIL_NOT_CONFIGURED. */
export async function startConnect(
  ctx: RequestContext,
  { userId, sessionId }: SessionCaller,
  { purpose, returnTo }: AuthorizeUrlInput,
): Promise<{ url: string }> {
  const { googleAuth } = ctx
  if (!googleAuth) {
    throw new AppError('GMAIL_NOT_CONFIGURED', 'This server has no Gmail client yet: its operator must set one up.')
  }
  assertOwnPage(returnTo)
  await countCall(ctx.db, 'authorize', userId)

  const request = { state: newSecret(), nonce: newSecret(), codeVerifier: newSecret() }
  const url = await step('google-authorize-url', () => googleAuth.authorizeUrl(request))
  await step('start-connect', () =>
    insertOauthState(ctx.db, {
      stateHash: hashSecret(request.state),
      browserHash: hashSecret(ctx.browserCookie.ensure()),
      purpose,
      userId,
      sessionId,
      nonce: request.nonce,
      codeVerifier: request.codeVerifier,
      returnTo: returnTo ?? null,
      expiresAt: new Date(ctx.clock.now().getTime() + stateLifeMs).toISOString(),
    }),
  )
  return { url }
}

/** Ends what `startConnect` began; answers the page of the frontend that tells the person how it went. */
export async function completeConnect(ctx: AppContext, answer: ConnectAnswer): Promise<string> {
  const state = await takeState(ctx, answer)
  const page = (outcome: { connected: string } | { error: ConnectFailure }) => {
    const userId = state?.userId
    if ('error' in outcome) ctx.logger.warn({ userId, reason: outcome.error }, 'Gmail was not connected')
    else ctx.logger.info({ userId, mailboxId: outcome.connected }, 'Gmail was connected')
    return frontendPage(ctx, state?.returnTo, outcome)
  }
  if (!state?.userId || !state.sessionId) return page({ error: 'STATE_INVALID' })
  const caller = { userId: state.userId, sessionId: state.sessionId }
  if (answer.error !== undefined) {
    return page({ error: answer.error === 'access_denied' ? 'CONSENT_DENIED' : 'EXCHANGE_FAILED' })
  }
  if (!(await isSessionAlive(ctx.db, caller.userId, caller.sessionId))) return page({ error: 'SESSION_ENDED' })

  const grant = await redeem(ctx, { code: answer.code, codeVerifier: state.codeVerifier, nonce: state.nonce })
  if (!grant?.refreshToken) return page({ error: 'EXCHANGE_FAILED' })
  if (!grant.addressVerified) return page({ error: 'ADDRESS_UNVERIFIED' })
  if (!allowsMail(grant.scopes)) return page({ error: 'SCOPE_MISSING' })
  const { refreshToken } = grant
  return page(await linkMailbox(ctx, caller, { ...grant, refreshToken }))
}

async function takeState(ctx: AppContext, { state, browserSecret }: ConnectAnswer) {
  if (!state || !browserSecret) return undefined
  const taken = await step('take-oauth-state', () =>
    takeOauthState(ctx.db, {
      stateHash: hashSecret(state),
      browserHash: hashSecret(browserSecret),
      now: ctx.clock.now().toISOString(),
    }),
  )
  return taken?.purpose === 'connect' ? taken : undefined
}

async function redeem(
  ctx: AppContext,
  { code, ...proof }: { code: string | undefined; codeVerifier: string; nonce: string },
): Promise<Grant | undefined> {
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

/** One transaction: the account claimed, the mailbox stored with sealed tokens, its first sync and its watch enqueued. */
function linkMailbox(
  ctx: AppContext,
  { userId, sessionId }: SessionCaller,
  grant: Grant & { refreshToken: string },
): Promise<{ connected: string } | { error: ConnectFailure }> {
  return inTransaction(ctx, 'link-mailbox', async (trx) => {
    // Again, because the exchange took its time: a session that ended meanwhile links nothing.
    if (!(await isSessionAlive(trx, userId, sessionId))) return { error: 'SESSION_ENDED' }
    if (!(await claimIdentity(trx, userId, grant))) {
      ctx.logger.warn({ userId }, 'a mailbox that belongs to another user was not linked')
      return { error: 'MAILBOX_TAKEN' }
    }
    // What was to be ended at Google would take the new grant along: it ends the account's whole consent.
    if (!(await cancelRevocations(trx, grant.subject, ctx.clock.now().toISOString()))) {
      ctx.logger.warn({ userId }, 'a mailbox was not linked while its earlier grant is being revoked')
      return { error: 'EXCHANGE_FAILED' }
    }
    const mailboxId = await storeMailbox(ctx, trx, userId, grant)
    await ctx.jobs.enqueue(trx, 'sync-mailbox', { userId, mailboxId })
    if (ctx.config.push) await ctx.jobs.enqueue(trx, 'renew-watch', { userId, mailboxId })
    await writeAudit(trx, userId, { at: ctx.clock.now(), action: 'MAILBOX_CONNECTED', detail: { mailboxId } })
    return { connected: mailboxId }
  })
}

async function storeMailbox(
  ctx: AppContext,
  db: Kysely<DB>,
  userId: string,
  grant: Grant & { refreshToken: string },
): Promise<string> {
  const known = await findMailboxBySubject(db, userId, grant.subject)
  const id = known?.id ?? randomUUID()
  await upsertConnectedMailbox(db, userId, {
    id,
    googleSubject: grant.subject,
    address: grant.address,
    scopes: [...grant.scopes],
    accessToken: ctx.sealer.seal(grant.accessToken, tokenPlace(userId, id, 'access_token')),
    refreshToken: ctx.sealer.seal(grant.refreshToken, tokenPlace(userId, id, 'refresh_token')),
    tokenExpiresAt: grant.expiresAt.toISOString(),
  })
  return id
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
