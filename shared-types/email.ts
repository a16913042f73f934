import { z } from 'zod'
import { Address } from './address.ts'
import { DraftStatus } from './draft.ts'
import { Attachment, CalendarPart, Direction, Intent, MailFlag, MailReport } from './mail.ts'
import { Id, Instant, ThreadId, pageInput, pageOf } from './page.ts'
import { Reason } from './reason.ts'
import { Instruction } from './text.ts'

export const EmailStatus = z.enum(['pending', 'processing', 'no_reply', 'needs_review', 'approved', 'sent', 'rejected'])
export type EmailStatus = z.infer<typeof EmailStatus>

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
  /** Its newest draft. */
  draft: z
    .strictObject({
      id: Id,
      version: z.int(),
      status: DraftStatus,
      confidence: z.number(),
      /** How it begins, in one line of 160 characters at most. */
      preview: z.string(),
      /** How many. */
      openQuestions: z.int(),
    })
    .nullable(),
  /** Why the mail has the status it has. */
  reasons: z.array(Reason),
})
export type EmailItem = z.infer<typeof EmailItem>

export const EmailPage = pageOf(EmailItem)
export type EmailPage = z.infer<typeof EmailPage>

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

/** `days`: for how many nobody has answered. */
export const ListWaitingInput = z.strictObject({ ...pageInput, days: z.int().min(1).max(60).default(3) })
export type ListWaitingInput = z.infer<typeof ListWaitingInput>

/** What the owner asked of somebody, and still waits for; `question` is the first one of it, cut short. */
export const WaitingItem = z.strictObject({
  emailId: Id,
  mailboxId: Id,
  threadId: ThreadId,
  subject: z.string(),
  to: z.array(Address),
  sentAt: Instant,
  question: z.string(),
})
export type WaitingItem = z.infer<typeof WaitingItem>

/** Nothing older than 90 days is told. */
export const WaitingPage = pageOf(WaitingItem)
export type WaitingPage = z.infer<typeof WaitingPage>

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
