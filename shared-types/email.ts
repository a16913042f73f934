import { z } from 'zod'
import { Address } from './address.ts'
import { DraftStatus } from './draft.ts'
import { Id, Instant, ThreadId, pageInput, pageOf } from './page.ts'
import { Reason } from './reason.ts'
import { Instruction } from './text.ts'

export const EmailStatus = z.enum(['pending', 'processing', 'no_reply', 'needs_review', 'approved', 'sent', 'rejected'])
export type EmailStatus = z.infer<typeof EmailStatus>

export const Intent = z.enum(['inquiry', 'meeting_request', 'complaint', 'follow_up', 'spam', 'other'])
export type Intent = z.infer<typeof Intent>

/** Only mail of these kinds may ever be answered unread. */
export const SendableIntent = Intent.exclude(['complaint', 'spam'])
export type SendableIntent = z.infer<typeof SendableIntent>

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
  /** What came in, or what the owner wrote. */
  flow: Direction.optional(),
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
  /** Why the mail has the status it has. */
  reasons: z.array(Reason),
})
export type EmailItem = z.infer<typeof EmailItem>

export const EmailPage = pageOf(EmailItem)
export type EmailPage = z.infer<typeof EmailPage>

/** What is odd about a mail as it came; none of it is shown as text. */
export const MailFlag = z.enum([
  /** Text that a person would not see was left out: hidden by style, size, colour or position. */
  'hidden-text',
  /** The HTML carries prose in comments. */
  'html-comment',
  /** Runs of zero-width characters were left out, or single ones inside words. */
  'zero-width',
  /** Characters that turn the direction of reading were left out. */
  'bidi',
  /** Invisible tag characters (U+E0000 to U+E007F) were left out. */
  'tag-characters',
  /** The plain text says something else than the HTML; what the HTML shows counts. */
  'alternatives-differ',
  'no-sender',
  'several-senders',
  'duplicate-headers',
  'calendar',
  'report',
  'signed',
  'encrypted',
  /** Another mail is attached. */
  'enclosed-mail',
])
export type MailFlag = z.infer<typeof MailFlag>

/** An invitation, as far as its calendar part says (RFC 5545, RFC 5546); words in it are the sender's. */
export const CalendarPart = z.strictObject({
  method: z.string().nullable(),
  uid: z.string().nullable(),
  summary: z.string().nullable(),
  /** An instant, or a date (`2026-03-02`) when it lasts whole days; null when it cannot be told. */
  start: z.string().nullable(),
  end: z.string().nullable(),
  /** As the organiser named it, not always an IANA zone. */
  timeZone: z.string().nullable(),
})
export type CalendarPart = z.infer<typeof CalendarPart>

/** What a machine reports about another mail: delivery (RFC 3464), disposition (RFC 8098), complaint (RFC 5965). */
export const MailReport = z.strictObject({
  kind: z.enum(['delivery', 'disposition', 'feedback', 'other']),
  finalRecipient: z.string().nullable(),
  /** `failed`, `delayed`, `delivered`, `relayed` or `expanded`. */
  action: z.string().nullable(),
  /** Such as `5.1.1` (RFC 3463). */
  status: z.string().nullable(),
  /** Such as `displayed`. */
  disposition: z.string().nullable(),
  /** Such as `abuse`. */
  feedbackType: z.string().nullable(),
})
export type MailReport = z.infer<typeof MailReport>

export const Attachment = z.strictObject({
  filename: z.string(),
  mimeType: z.string(),
  sizeBytes: z.int(),
  /** Shown inside the text, such as a picture the HTML names by its content id. */
  isInline: z.boolean(),
  contentId: z.string().nullable(),
})
export type Attachment = z.infer<typeof Attachment>

export const Email = EmailItem.extend({
  to: z.array(Address),
  cc: z.array(Address),
  replyTo: z.array(Address),
  text: z.string(),
  /** Sanitised: no script, no style, no remote content. */
  html: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
  attachments: z.array(Attachment),
  flags: z.array(MailFlag),
  calendar: CalendarPart.nullable(),
  report: MailReport.nullable(),
})
export type Email = z.infer<typeof Email>

export const EmailInput = z.strictObject({ emailId: Id })
/** `replyAnyway`: a draft also where the agent finds nothing to answer. */
export const ProcessEmailInput = z.strictObject({
  emailId: Id,
  replyAnyway: z.boolean().optional(),
  instruction: Instruction.optional(),
})
export type ProcessEmailInput = z.infer<typeof ProcessEmailInput>
export const CorrectIntentInput = z.strictObject({ emailId: Id, intent: Intent })
export type CorrectIntentInput = z.infer<typeof CorrectIntentInput>
export const ThreadInput = z.strictObject({ threadId: ThreadId })
export const Thread = z.strictObject({ threadId: ThreadId, messages: z.array(Email) })
export type Thread = z.infer<typeof Thread>

/** Counts of inbound mail; what the owner wrote is not counted. */
export const EmailStats = z.strictObject({
  byStatus: z.record(EmailStatus, z.int()),
  byIntent: z.record(Intent, z.int()),
  /** Messages that could not be read, in either direction; see `emails.quarantined`. */
  quarantined: z.int(),
})
export type EmailStats = z.infer<typeof EmailStats>

export const ListQuarantinedInput = z.strictObject(pageInput)
export type ListQuarantinedInput = z.infer<typeof ListQuarantinedInput>

/** A message that could not be read; what is not known of it is null. */
export const QuarantinedItem = z.strictObject({
  id: Id,
  /** In a sentence. */
  reason: z.string(),
  subject: z.string().nullable(),
  from: Address.nullable(),
  receivedAt: Instant.nullable(),
  /** Opens the message in Gmail, in the account it belongs to. */
  gmailUrl: z.url(),
})
export type QuarantinedItem = z.infer<typeof QuarantinedItem>

export const QuarantinedPage = pageOf(QuarantinedItem)
export type QuarantinedPage = z.infer<typeof QuarantinedPage>

export const QuarantinedInput = z.strictObject({ id: Id })
/** It is tried again soon; when it can be read it is in the list of mail and no longer here. */
export const RetryStarted = z.strictObject({ ok: z.literal(true) })

export const RunStarted = z.strictObject({ traceId: Id })
