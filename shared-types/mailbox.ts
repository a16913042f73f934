import { z } from 'zod'
import { Id, Instant, pageInput } from './page.ts'
import { Password } from './password.ts'

export const MailboxStatus = z.enum(['active', 'needs_reauth', 'disconnected'])
export type MailboxStatus = z.infer<typeof MailboxStatus>

const returnTo = z.string().max(200).startsWith('/').optional()

/**
 * `connect` a mailbox; `login` with a Google account, or register with it: nobody need be signed in; `link` a Google account
 * to sign in with from now on, which takes the password once more.
 */
export const AuthorizeUrlInput = z.discriminatedUnion('purpose', [
  z.strictObject({ purpose: z.literal('connect'), returnTo }),
  z.strictObject({ purpose: z.literal('login'), returnTo }),
  z.strictObject({ purpose: z.literal('link'), password: Password.min(1), returnTo }),
])
export type AuthorizeUrlInput = z.infer<typeof AuthorizeUrlInput>

export const AuthorizeUrl = z.strictObject({ url: z.url() })

/**
 * What the frontend is told as `?error=` when Google's redirect did not end as it was begun: neither `?connected=<mailbox>`
 * nor `?login=google` nor `?linked=google`.
 */
export const ConsentFailure = z.enum([
  'CONSENT_DENIED',
  'STATE_INVALID',
  'SESSION_ENDED',
  'EXCHANGE_FAILED',
  'ADDRESS_UNVERIFIED',
  'SCOPE_MISSING',
  'MAILBOX_TAKEN',
  /** The address has an account with a password: sign in with that, then link. */
  'ACCOUNT_EXISTS',
  /** The Google account is a mailbox here, but nobody signs in with it: sign in with the password, then link. */
  'LOGIN_NOT_LINKED',
  /** It belongs to another account here. */
  'GOOGLE_ACCOUNT_TAKEN',
  /** This server is for one person, who has an account already. */
  'SINGLE_USER',
  'RATE_LIMITED',
  'INTERNAL',
])
export type ConsentFailure = z.infer<typeof ConsentFailure>

export const ListMailboxesInput = z.strictObject(pageInput).prefault({})
export type ListMailboxesInput = z.infer<typeof ListMailboxesInput>

export const Mailbox = z.strictObject({
  id: Id,
  address: z.string(),
  status: MailboxStatus,
  lastSyncAt: Instant.nullable(),
  /** Seconds since the history cursor was last known to be up to date; null before the first import ended. */
  cursorAgeSeconds: z.int().nullable(),
  watchExpiresAt: Instant.nullable(),
  lastError: z.string().nullable(),
  importProgress: z.strictObject({ done: z.int(), estimated: z.int() }).nullable(),
})
export type Mailbox = z.infer<typeof Mailbox>

export const MailboxList = z.strictObject({ items: z.array(Mailbox), nextCursor: z.string().nullable() })
export type MailboxList = z.infer<typeof MailboxList>

export const EstimateImportInput = z.strictObject({ mailboxId: Id, lookBackDays: z.int().min(1).max(365) })
export type EstimateImportInput = z.infer<typeof EstimateImportInput>

/** What a first import over so many days would take, before it starts. */
export const ImportEstimate = z.strictObject({
  messages: z.int(),
  /** Exact up to 1,000 messages; beyond, the mailbox is taken to fill at an even pace. */
  isCounted: z.boolean(),
  /** For reading them all at the pace Gmail allows a mailbox. */
  quotaMinutes: z.int(),
  /** US dollars, as if every message wanted a reply; null when the price of the model is not known. */
  modelCost: z.number().nullable(),
})
export type ImportEstimate = z.infer<typeof ImportEstimate>

export const SyncMailboxInput = z.strictObject({ mailboxId: Id })
export const SyncStarted = z.strictObject({ jobId: Id })

/** `storedMail`: whether what was stored of the mailbox is kept for the day it is connected again, or deleted with all that was made of it. */
export const DisconnectMailboxInput = z.strictObject({ mailboxId: Id, storedMail: z.enum(['keep', 'delete']) })
export type DisconnectMailboxInput = z.infer<typeof DisconnectMailboxInput>
