import { z } from 'zod'
import { Address } from './address.ts'
import { DraftStatus } from './draft.ts'
import { Id, Instant, ThreadId, pageInput, pageOf } from './page.ts'

export const EmailStatus = z.enum(['pending', 'processing', 'no_reply', 'needs_review', 'approved', 'sent', 'rejected'])
export type EmailStatus = z.infer<typeof EmailStatus>

export const Intent = z.enum(['inquiry', 'meeting_request', 'complaint', 'follow_up', 'spam', 'other'])
export type Intent = z.infer<typeof Intent>

export const Direction = z.enum(['in', 'out'])
export type Direction = z.infer<typeof Direction>

export const ListEmailsInput = z.strictObject({
  ...pageInput,
  status: z.array(EmailStatus).max(7).optional(),
  intent: z.array(Intent).max(6).optional(),
  mailboxId: Id.optional(),
  /** Words in subject, sender and text; the last one may be the beginning of a word. */
  search: z.string().min(1).max(200).optional(),
  receivedFrom: Instant.optional(),
  receivedTo: Instant.optional(),
  threadId: ThreadId.optional(),
  direction: Direction.optional(),
})
export type ListEmailsInput = z.infer<typeof ListEmailsInput>

export const EmailItem = z.strictObject({
  id: Id,
  mailboxId: Id,
  threadId: ThreadId,
  direction: Direction,
  subject: z.string(),
  from: Address,
  receivedAt: Instant,
  snippet: z.string(),
  intent: Intent.nullable(),
  confidence: z.number().nullable(),
  status: EmailStatus,
  draft: z.strictObject({ id: Id, version: z.int(), status: DraftStatus }).nullable(),
})
export type EmailItem = z.infer<typeof EmailItem>

export const EmailPage = pageOf(EmailItem)
export type EmailPage = z.infer<typeof EmailPage>

export const Attachment = z.strictObject({ filename: z.string(), mimeType: z.string(), sizeBytes: z.int() })

export const Email = EmailItem.extend({
  to: z.array(Address),
  cc: z.array(Address),
  replyTo: z.array(Address),
  text: z.string(),
  /** Sanitised: no script, no style, no remote content. */
  html: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
  attachments: z.array(Attachment),
  /** Why the mail has the status it has, in sentences. */
  reasons: z.array(z.string()),
})
export type Email = z.infer<typeof Email>

export const EmailInput = z.strictObject({ emailId: Id })
export const ThreadInput = z.strictObject({ threadId: ThreadId })
export const Thread = z.strictObject({ threadId: ThreadId, messages: z.array(Email) })
export type Thread = z.infer<typeof Thread>

/** Counts of inbound mail; what the owner wrote is not counted. */
export const EmailStats = z.strictObject({
  byStatus: z.record(EmailStatus, z.int()),
  byIntent: z.record(Intent, z.int()),
})
export type EmailStats = z.infer<typeof EmailStats>

export const RunStarted = z.strictObject({ traceId: Id })
