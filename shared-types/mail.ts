import { z } from 'zod'

export const Intent = z.enum(['inquiry', 'meeting_request', 'complaint', 'follow_up', 'spam', 'other'])
export type Intent = z.infer<typeof Intent>

/** Only mail of these kinds may ever be answered unread. */
export const SendableIntent = Intent.exclude(['complaint', 'spam'])
export type SendableIntent = z.infer<typeof SendableIntent>

export const Direction = z.enum(['in', 'out'])
export type Direction = z.infer<typeof Direction>

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
