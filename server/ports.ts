import type { CalendarEvent, Interval, NewCalendarEvent } from './calendar-event.ts'
import type { UpstreamVendor } from './errors.ts'
import type { JobQueue } from './job-queue.ts'
import type { MailReading, OwnGmailDraft, ReplyLikeness, ReplyToCompose, StoredGmailDraft } from './mail/fields.ts'
import type { Amount, ModelAnswer, ModelFacts, ModelRequest, TokenPrice } from './model-question.ts'

export type { DeadLetter, DueJob, JobEnd, JobQueue, QueueState, RunJob } from './job-queue.ts'

/** The outside world on one page. Failures are `UpstreamError`; every call that waits takes a signal. */
export interface Ports {
  readonly clock: Clock
  readonly jobs: JobQueue
  readonly googleAuth: GoogleAuth | null
  readonly mailbox: Mailbox
  readonly mailSender: MailSender
  readonly mailboxWatch: MailboxWatch
  readonly pushVerifier: PushVerifier | null
  readonly calendar: CalendarProvider
  readonly mailer: Mailer
  readonly mime: MimeCodec
  readonly model: LanguageModel
  readonly embedder: Embedder
  readonly budget: ModelBudget
  readonly crm: Crm
  readonly hubspot: OutsideCrm
  readonly sealer: Sealer
  readonly circuits: Circuits
  readonly notificationFeed: NotificationFeed
}

export interface Clock {
  now(): Date
}

/** Which mailbox of which owner; adapters find its tokens themselves. */
export interface MailboxRef {
  readonly userId: string
  readonly mailboxId: string
}

export interface GoogleTokens {
  readonly accessToken: string
  readonly refreshToken: string | null
  readonly expiresAt: Date
  readonly scopes: readonly string[]
}

/** OAuth 2.0 code flow with PKCE S256 (RFC 7636) and OpenID Connect. */
/** What the consent of a person brought, and who they are at Google. */
export interface GoogleGrant extends GoogleTokens {
  readonly subject: string
  readonly address: string
  readonly addressVerified: boolean
}

export interface GoogleAuth {
  /** `login` asks who somebody is, and for nothing of theirs. */
  authorizeUrl(request: {
    state: string
    nonce: string
    codeVerifier: string
    for: 'mailbox' | 'login'
  }): Promise<string>
  /** Redeems the code and verifies the ID token, nonce included. */
  exchange(grant: { code: string; codeVerifier: string; nonce: string }, signal?: AbortSignal): Promise<GoogleGrant>
  /** `needs_reauth` when the grant is dead; any other failure is passing. */
  refresh(refreshToken: string, signal?: AbortSignal): Promise<GoogleTokens>
  revoke(token: string, signal?: AbortSignal): Promise<void>
}

/** Hands out a valid access token; refreshes it when it is about to expire, or when `rejected` is the stored one. */
export interface AccessTokens {
  get(mailbox: MailboxRef, options?: { rejected?: string; signal?: AbortSignal }): Promise<string>
}

/** Leaves an outside service alone for a while when it fails again and again. One a vendor and process. */
export interface Circuit {
  /** While it is open nobody is asked: `unavailable` with `retryAt`. A failure after `signal` aborted says nothing. */
  run<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Since when it is open, and until when at least; null while the service is asked. */
  readonly pause: { readonly since: Date; readonly until: Date } | null
}
/** Mail about accounts is rare, and waits for nobody: it needs none. */
export type Circuits = Readonly<Record<Exclude<UpstreamVendor, 'smtp'>, Circuit>>

export interface RawMessage {
  readonly id: string
  readonly threadId: string
  readonly labels: readonly string[]
  readonly receivedAt: Date
  readonly snippet: string
  readonly raw: Buffer
}

/** What happened to a message: `labels` are those it came with, or those that were put on or taken off. */
export interface MailboxChange {
  readonly kind: 'added' | 'deleted' | 'labelled' | 'unlabelled'
  readonly historyId: string
  readonly gmailId: string
  readonly labels: readonly string[]
}

/** Reading a Gmail mailbox. History ids are decimal strings of any length. */
export interface Mailbox {
  profile(mailbox: MailboxRef, signal?: AbortSignal): Promise<{ address: string; historyId: string }>
  /** Newest first, without drafts, chats, spam and trash; with a label, whatever carries it. */
  listMessages(
    mailbox: MailboxRef,
    page: { after: Date; label?: string; pageToken?: string; limit: number },
    signal?: AbortSignal,
  ): Promise<{ ids: string[]; nextPageToken: string | null; estimated: number }>
  /** `not_found` when it is gone meanwhile. */
  getMessage(mailbox: MailboxRef, gmailId: string, signal?: AbortSignal): Promise<RawMessage>
  /** The labels of one message, without its text; `not_found` when it is gone. */
  getLabels(mailbox: MailboxRef, gmailId: string, signal?: AbortSignal): Promise<string[]>
  /** Whether the owner has muted this mail's conversation, which none of its labels tells. */
  isMuted(
    mailbox: MailboxRef,
    mail: { gmailId: string; messageId: string | null; receivedAt: Date },
    signal?: AbortSignal,
  ): Promise<boolean>
  /** Every label there is, Gmail's own and the owner's. */
  listLabels(mailbox: MailboxRef, signal?: AbortSignal): Promise<string[]>
  /** One page of what changed since the cursor; the last page's `historyId` is the new cursor. `history_expired` when it is too old. */
  listHistory(
    mailbox: MailboxRef,
    page: { since: string; pageToken?: string },
    signal?: AbortSignal,
  ): Promise<{ changes: MailboxChange[]; historyId: string; nextPageToken: string | null }>
}

/** Asks Gmail to tell a Pub/Sub topic when a mailbox changes. Both may be repeated. */
export interface MailboxWatch {
  /** Begins or renews it. The history id Gmail names here is not told: the cursor is moved by a sync alone. */
  watch(mailbox: MailboxRef, topic: string, signal?: AbortSignal): Promise<{ expiresAt: Date }>
  stop(mailbox: MailboxRef, signal?: AbortSignal): Promise<void>
  /** The same for a mailbox that is connected no more, by a token that was kept for that. */
  stopWith(accessToken: string, signal?: AbortSignal): Promise<void>
}

/** Who sent a push, by the token it carries. */
export interface PushVerifier {
  /** Whether Google signed it for our subscription; throws when nobody can tell, for want of Google's certificates. */
  verify(token: string): Promise<boolean>
}

/** Sending, Gmail draft first: it is gone once it is sent, so it is what makes a second send impossible. */
export interface MailSender {
  createGmailDraft(mailbox: MailboxRef, mail: { threadId: string; raw: Buffer }, signal?: AbortSignal): Promise<string>
  /** As Gmail keeps it now, whoever wrote it last; null when it is gone. */
  readGmailDraft(mailbox: MailboxRef, gmailDraftId: string, signal?: AbortSignal): Promise<StoredGmailDraft | null>
  /** Never repeated by any layer. */
  sendGmailDraft(mailbox: MailboxRef, gmailDraftId: string, signal?: AbortSignal): Promise<{ gmailId: string }>
  /**
   * The sent message of this thread that carries our `X-ReasonFlow-Outbox` header, if it is there yet; else, as Gmail
   * may drop that header, the one that is like this reply.
   */
  findSent(
    mailbox: MailboxRef,
    sent: { threadId: string; outboxId: string; likeness?: ReplyLikeness | undefined },
    signal?: AbortSignal,
  ): Promise<{ gmailId: string } | null>
  deleteGmailDraft(mailbox: MailboxRef, gmailDraftId: string, signal?: AbortSignal): Promise<void>
  /** Those that carry our header and have not changed since `before`, newest first, 200 at most. */
  listGmailDrafts(mailbox: MailboxRef, before: Date, signal?: AbortSignal): Promise<OwnGmailDraft[]>
}

/** Of the primary calendar. `scope_missing` when the owner declined what a call needs. */
export interface CalendarProvider {
  busy(mailbox: MailboxRef, within: Interval, signal?: AbortSignal): Promise<Interval[]>
  /** What takes place in this time, soonest first, each occasion of what recurs by itself. */
  events(
    mailbox: MailboxRef,
    within: Interval & { readonly limit: number },
    signal?: AbortSignal,
  ): Promise<{ events: CalendarEvent[]; hasMore: boolean }>
  /** Also one that was deleted, as `cancelled`; null when there never was one. */
  findEvent(mailbox: MailboxRef, eventId: string, signal?: AbortSignal): Promise<CalendarEvent | null>
  /** Tells nobody. False when its id is taken: made once, it is not made again. */
  createEvent(mailbox: MailboxRef, event: NewCalendarEvent, signal?: AbortSignal): Promise<boolean>
}

/** Mail about an account, to its owner: never a reply to anybody's mail. */
export interface Mailer {
  /** Plain text. `rejected` where the server will never take it, `unavailable` where it may later. */
  send(mail: { to: string; subject: string; text: string }, signal?: AbortSignal): Promise<void>
}

/** Bytes to fields and back (RFC 5322, MIME). */
export interface MimeCodec {
  /** Never hangs, whatever the bytes; rejects only when nothing can be read at all just now. */
  parse(raw: Buffer): Promise<MailReading>
  /** The bytes of what is attached at this position of a reading; null when there is nothing, or it cannot be read. */
  attachment(raw: Buffer, position: number): Promise<Buffer | null>
  compose(reply: ReplyToCompose): Promise<Buffer>
}

export interface LanguageModel {
  /** Which models read a mail and write its reply: others have to earn the owner's trust anew. */
  readonly ids: Readonly<Record<'classify' | 'generate', string>>
  /** Of the model that answers each kind of question; none where nobody knows it. */
  readonly prices?: Readonly<Partial<Record<ModelFacts['task'], TokenPrice | undefined>>>
  answer(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>
}

/** For whom the model is asked: an owner, and about which mail. */
export interface Spender {
  readonly userId: string
  readonly emailId?: string
}

/** What the model may cost. Every call of a model that is not free goes through it. */
export interface ModelBudget {
  /**
   * Reserves `most`, makes the call, and settles what was `used` (null: nobody knows, so all of it). BUDGET_EXHAUSTED
   * when it would go beyond what the owner, the mail or the system may spend today: then the call is not made.
   */
  spend<T>(spender: Spender, most: Amount, call: () => Promise<{ answer: T; used: Amount | null }>): Promise<T>
  /** Settles what a dead process had reserved: all of it, since the call may have been made. */
  settleLapsed(userId: string, reservationId: string): Promise<void>
}

/** Vectors of 768 dimensions and length 1; vectors of different `modelId`s are never compared. */
export interface Embedder {
  readonly modelId: string
  /** None where nobody knows it. */
  readonly price?: TokenPrice | undefined
  /** What a text has beyond so many tokens is not read, and not paid for. */
  readonly maxTokens?: number
  embed(texts: readonly string[], purpose: 'document' | 'query', signal: AbortSignal): Promise<number[][]>
}

/** Tells whoever streams an owner's notifications that there are new ones. */
export interface NotificationFeed {
  /** A place among the owner's streams; RATE_LIMITED when all are taken. */
  listen(userId: string): Disposable
  /** Until the owner has one after this, the signal aborts, or it is time to ask whether the caller is still let in. */
  wait(userId: string, after: number, signal: AbortSignal): Promise<void>
}

export interface CrmContact {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly company: string | null
  readonly notes: string | null
  readonly updatedAt: string
}
export interface Crm {
  find(userId: string, address: string, signal?: AbortSignal): Promise<CrmContact | null>
}
/** One that is not ours, and asks for a key. */
export interface OutsideCrm extends Crm {
  /** `needs_reauth` when the key is not taken, `scope_missing` when it allows too little; any other failure says nothing of it. */
  tryKey(key: string, signal?: AbortSignal): Promise<void>
}

/** The place a sealed value belongs to; it opens nowhere else. */
export interface SealedRow {
  readonly userId: string
  readonly table: string
  readonly column: string
  readonly rowId: string
}
/** Secrets at rest. Opening throws when the value was changed, moved to another row, or its key is gone. */
export interface Sealer {
  seal(plaintext: string, row: SealedRow): Buffer
  open(blob: Buffer, row: SealedRow): string
  /** The same secret sealed with the newest key, or null when it is already. */
  reseal(blob: Buffer, row: SealedRow): Buffer | null
}
