import type { Address, Attachment, CalendarPart, MailFlag, MailReport } from '../../shared-types/index.ts'

/** A mail that was read (RFC 5322, MIME). */
export interface ParsedMail {
  readonly messageId: string | null
  readonly inReplyTo: string | null
  readonly references: readonly string[]
  readonly subject: string
  readonly from: Address
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly bcc: readonly Address[]
  readonly replyTo: readonly Address[]
  /** What a person sees, quoted history included. */
  readonly text: string
  /** The plain form alone, which may be another than the HTML; empty when there is none. */
  readonly plainText: string
  /** What the sender wrote this time: without quoted history and signature. */
  readonly freshText: string
  /** Sanitised. */
  readonly html: string | null
  /** Lower-case names; of a repeated header the first, topmost one. */
  readonly headers: Readonly<Record<string, string>>
  readonly attachments: readonly Attachment[]
  readonly flags: readonly MailFlag[]
  /** The first calendar part. */
  readonly calendar: CalendarPart | null
  readonly report: MailReport | null
}

/**
 * What reading a mail came to; `problem` is a sentence for the owner. `partial`: not everything could be read, or only
 * some of it counts; what is there is sound. `quarantined`: nothing could be read.
 */
export type MailReading =
  | { readonly kind: 'parsed'; readonly mail: ParsedMail; readonly problem: null }
  | { readonly kind: 'partial'; readonly mail: ParsedMail; readonly problem: string }
  | { readonly kind: 'quarantined'; readonly mail: null; readonly problem: string }

export interface ReplyToCompose {
  readonly from: Address
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly subject: string
  readonly text: string
  readonly inReplyTo: string | null
  readonly references: readonly string[]
  readonly outboxId: string
  /** Nobody has read it before it goes out: it says so to other machines (RFC 3834), and is plain text. */
  readonly isAutomatic: boolean
}

/** A sent reply that lost our header is known by all three: what it answers, that it is no older, and its text. */
export interface ReplyLikeness {
  readonly inReplyTo: string
  readonly sentAfter: Date
  hasText(text: string): boolean
}

/** A Gmail draft that carries our mark. */
export interface OwnGmailDraft {
  readonly gmailDraftId: string
  readonly outboxId: string
  readonly text: string
}

/** A Gmail draft as Gmail keeps it. */
export interface StoredGmailDraft {
  readonly threadId: string
  /** It began that thread: what Gmail does not take for a reply it files by itself, whatever thread was asked for. */
  readonly isAlone: boolean
  readonly raw: Buffer
}
