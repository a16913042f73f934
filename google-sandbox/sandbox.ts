import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { openAccount, type NewAccount } from './accounts.ts'
import { insertEvent } from './calendar/events.ts'
import { takeCheckpoint } from './checkpoint.ts'
import { createFaultBox, type Fault, type FaultHandle } from './faults.ts'
import { createGateway } from './gateway.ts'
import { type ByHand, byHand } from './gmail/by-hand.ts'
import { deliverMail } from './gmail/delivery.ts'
import { expireHistory } from './gmail/history-log.ts'
import { createIds } from './gmail/ids.ts'
import { playConsent } from './oauth/consent-player.ts'
import { createGrants, expireAccessTokens, revokeGrants } from './oauth/grants.ts'
import { signToken } from './oauth/signing.ts'
import { createSubscription, type PushSubscription, type PushTarget } from './pubsub.ts'
import { busiestMinute } from './quota.ts'
import { accountOf, type SandboxRequest, type SandboxState } from './state.ts'

export type { Fault, FaultHandle, FaultKind } from './faults.ts'
export { faultMatrix } from './fault-matrix.ts'
export type { PushSubscription } from './pubsub.ts'
export type { SandboxRequest } from './state.ts'

/**
 * Google on this machine: one `emulate` per account behind a gateway of ours that adds what emulate lacks.
 *
 * | what | path below `url` |
 * |---|---|
 * | consent page | /o/oauth2/v2/auth |
 * | token | /token, /oauth2/token |
 * | revoke | /revoke, /oauth2/revoke |
 * | PEM certificates | /oauth2/v1/certs |
 * | token info | /tokeninfo, /oauth2/v3/tokeninfo |
 * | user info | /oauth2/v2/userinfo |
 * | Gmail, batch | /gmail/v1/users/..., /batch/gmail/v1 |
 * | Calendar | /calendar/v3/... |
 *
 * ID tokens are issued by https://accounts.google.com, as OAuth2Client expects. Every loopback redirect is registered.
 */
export interface SandboxGoogle extends AsyncDisposable {
  /** Base address, e.g. http://127.0.0.1:41234: serves as GOOGLE_API_BASE_URL and GOOGLE_OAUTH_BASE_URL. */
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  /** Makes a new Google account with an empty mailbox and a primary calendar. */
  addAccount(account: NewAccount): Promise<void>
  /**
   * Puts a raw mail into the mailbox as Gmail would on arrival, or as own sent mail with labels ['SENT'].
   * Gmail ids are unique within a mailbox only: `id` makes two mailboxes hold the same one.
   */
  deliver(
    email: string,
    raw: Buffer | string,
    options?: { labels?: string[]; receivedAt?: Date; id?: string },
  ): Promise<{ id: string; threadId: string }>
  /** What the owner of this mailbox does in Gmail. */
  byHand(email: string): ByHand
  /** All messages of a mailbox, oldest first, with raw bytes; drafts and sent mail not yet visible included. */
  messages(
    email: string,
  ): Promise<{ id: string; threadId: string; labelIds: string[]; raw: Buffer; internalDate: Date }[]>
  drafts(email: string): Promise<{ id: string; messageId: string; threadId: string }[]>
  addEvent(email: string, event: NewEvent): Promise<void>
  /** Plays the person at the consent page; returns the redirect to our callback without following it. Identity scopes cannot be refused. */
  consent(authorizeUrl: string, person: { email: string; scopes?: string[]; deny?: boolean }): Promise<URL>
  /** Revokes everything granted by this account: access tokens answer 401, refresh answers invalid_grant. */
  revokeGrants(email: string): Promise<void>
  /** Ends the access tokens of this account at once, as if their hour were over; refresh still works. */
  expireAccessTokens(email: string): void
  /** Makes history ids up to now too old: history.list from them answers 404. */
  expireHistory(email: string): void
  /** How long sent mail stays out of threads and lists; Infinity hides it until this is called again. */
  delaySentVisibility(ms: number): void
  /** The next matching calls fail this way, until `times` are used up or the handle is disposed. */
  inject(fault: Fault): FaultHandle
  /** Remembers every mailbox and grant; what it answers puts them back and lifts all faults. */
  checkpoint(): () => void
  /** Pushes the changes of mailboxes that watch this topic to an endpoint, with a signed token, as Pub/Sub does. */
  subscribe(topic: string, target: PushTarget): PushSubscription
  /** Signs claims with the key published at /oauth2/v1/certs: Pub/Sub push tokens, doctored ID tokens. */
  sign(claims: Record<string, unknown>): string
  /** Requests seen, newest last; each part of a batch is one. */
  readonly journal: readonly SandboxRequest[]
  /** Quota units used by this account. */
  unitsUsed(email: string): number
  /** The most units it used in any 60 s. */
  busiestMinute(email: string): number
}

interface NewEvent {
  readonly summary: string
  readonly description?: string
  readonly attendees?: readonly { readonly email: string }[]
  readonly start: Date
  readonly end: Date
}

/**
 * Starts the sandbox on a loopback port; it prints nothing and holds no timer. With `unitsPerMinute` a call beyond an
 * account's quota is refused with 429.
 */
export async function startSandbox(
  options: {
    port?: number
    clientId?: string
    clientSecret?: string
    rewriteMessageId?: boolean
    dropHeaders?: readonly string[]
    unitsPerMinute?: number
  } = {},
): Promise<SandboxGoogle> {
  const state: SandboxState = {
    clientId: options.clientId ?? 'sandbox-client.apps.googleusercontent.com',
    clientSecret: options.clientSecret ?? 'sandbox-client-secret',
    rewriteMessageId: options.rewriteMessageId ?? false,
    dropHeaders: options.dropHeaders ?? [],
    unitsPerMinute: options.unitsPerMinute ?? null,
    sentDelayMs: 0,
    accounts: new Map(),
    grants: createGrants(),
    faults: createFaultBox(),
    journal: [],
    ids: createIds(),
    subscriptions: [],
  }
  const server = createGateway(state)
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    clientId: state.clientId,
    clientSecret: state.clientSecret,
    journal: state.journal,
    addAccount: (account) => openAccount(state, account),
    deliver: async (email, raw, { labels, receivedAt, id } = {}) => {
      const message = deliverMail(accountOf(state, email), Buffer.from(raw), { labels, receivedAt, id })
      return { id: message.id, threadId: message.threadId }
    },
    byHand: (email) => byHand(state, email),
    messages: async (email) =>
      [...accountOf(state, email).mailbox.messages.values()]
        .sort((a, b) => a.internalDate - b.internalDate)
        .map(({ id, threadId, labelIds, raw, internalDate }) => {
          return { id, threadId, labelIds: [...labelIds], raw, internalDate: new Date(internalDate) }
        }),
    drafts: async (email) =>
      [...accountOf(state, email).mailbox.drafts].map(([id, { id: messageId, threadId }]) => {
        return { id, messageId, threadId }
      }),
    addEvent: async (email, { start, end, ...told }) => {
      const times = { start: { dateTime: start.toISOString() }, end: { dateTime: end.toISOString() } }
      await insertEvent(accountOf(state, email), 'primary', { ...told, ...times })
    },
    consent: (authorizeUrl, person) => playConsent(url, authorizeUrl, person),
    revokeGrants: async (email) => revokeGrants(state.grants, accountOf(state, email).email),
    expireAccessTokens: (email) => expireAccessTokens(state.grants, accountOf(state, email).email),
    expireHistory: (email) => expireHistory(accountOf(state, email).mailbox),
    delaySentVisibility: (ms) => {
      state.sentDelayMs = ms
    },
    inject: (fault) => state.faults.add(fault),
    checkpoint: () => takeCheckpoint(state),
    subscribe: (topic, target) => {
      const subscription = createSubscription(topic, target)
      state.subscriptions.push(subscription)
      return subscription
    },
    sign: signToken,
    unitsUsed: (email) => accountOf(state, email).unitsUsed,
    busiestMinute: (email) => busiestMinute(state.journal, accountOf(state, email).email),
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await Promise.all([...state.accounts.values()].map(({ upstream }) => upstream.close()))
    },
  }
}
