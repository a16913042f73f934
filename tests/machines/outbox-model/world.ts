import type { Address } from '../../../shared-types/index.ts'
import type { ReplyToCompose } from '../../../server/mail/fields.ts'

export interface GmailDraft {
  readonly threadId: string
  readonly mail: ReplyToCompose & { readonly bcc?: readonly Address[] }
  /** The owner has made it another mail. */
  readonly isAltered: boolean
  /** Our own header; null once the owner has rewritten the draft in Gmail, or Gmail has dropped it. */
  readonly header: string | null
}

export interface SentMail extends GmailDraft {
  readonly gmailId: string
  readonly messageId: string
  readonly sentAt: number
  /** Who sent it had not read it before, or had read what was not as approved. */
  readonly wasUnapproved: boolean
}

export interface WaitingJob {
  readonly outboxId: string
  readonly dueAt: number
}

/** All there is beside the database and the workers in it: plain data, so that it can be kept and taken up again. */
export interface World {
  /** Milliseconds since 1970; moves by hand only. */
  now: number
  readonly gmail: {
    readonly drafts: Map<string, GmailDraft>
    readonly sent: SentMail[]
    /** Calls that changed something. */
    writes: number
  }
  waiting: WaitingJob[]
  /** Whose job came last. */
  currentJob: string
  /** How often a job has come again. */
  repeats: number
  hasSwept: boolean
  readonly owner: {
    hasCancelled: boolean
    /** The cancel was answered OK. */
    isUndone: boolean
    hasDecidedAgain: boolean
  }
  /** Changes that a worker made which woke when all was settled. */
  lateChanges: number
  /** Jobs that took an entry which another worker held. */
  takenWhileHeld: number
}

/** A Wednesday morning on which nothing has happened yet. */
export function newWorld(): World {
  return {
    now: Date.parse('2026-03-04T10:00:00Z'),
    gmail: { drafts: new Map(), sent: [], writes: 0 },
    waiting: [],
    currentJob: '',
    repeats: 0,
    hasSwept: false,
    owner: { hasCancelled: false, isUndone: false, hasDecidedAgain: false },
    lateChanges: 0,
    takenWhileHeld: 0,
  }
}
