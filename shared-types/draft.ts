import { z } from 'zod'
import { Address } from './address.ts'
import { ErrorReason } from './errors.ts'
import { Attachment, Intent, MailFlag } from './mail.ts'
import { Id, Instant, pageInput, pageOf, ThreadId } from './page.ts'
import { Reason } from './reason.ts'
import { Instruction, storableText } from './text.ts'

export const DraftStatus = z.enum(['pending', 'approved', 'sending', 'sent', 'unknown', 'rejected', 'superseded'])
export type DraftStatus = z.infer<typeof DraftStatus>

/** Something only the owner knows: asked instead of invented. */
export const OpenQuestion = z.strictObject({ id: z.string(), question: z.string() })
export type OpenQuestion = z.infer<typeof OpenQuestion>

/** What the draft was written from, and who may know it. */
export const Source = z.strictObject({
  /** `style`: a reply to somebody else, which shows how the owner writes and nothing more. */
  kind: z.enum(['thread', 'email', 'contact', 'crm', 'calendar', 'template', 'note', 'answer', 'style']),
  /** Id of the e-mail, contact or template, of `crm` HubSpot's; null for calendar, notes and the owner's answers. */
  id: z.string().nullable(),
  label: z.string(),
  /** `correspondent`: they could read it already. `owner`: only the owner may know it. */
  audience: z.enum(['correspondent', 'owner']),
})
export type Source = z.infer<typeof Source>

/** What was wrong with a draft: as its owner says, or as their change of it tells. */
export const DraftFault = z.enum([
  'WRONG_FACT',
  'MISSING_ANSWER',
  'WRONG_TONE',
  'TOO_LONG',
  'WRONG_LANGUAGE',
  'WRONG_PERSON',
  'PROMISED_TOO_MUCH',
  'OTHER',
])
export type DraftFault = z.infer<typeof DraftFault>

/** The mail a draft answers, as much of it as a list shows. */
const original = {
  id: Id,
  mailboxId: Id,
  threadId: ThreadId,
  subject: z.string(),
  from: Address,
  receivedAt: Instant,
  intent: Intent.nullable(),
}

const draft = {
  id: Id,
  version: z.int(),
  emailId: Id,
  original: z.strictObject(original),
  subject: z.string(),
  from: Address,
  /** Computed from the mail's headers: where the reply will go. */
  to: z.array(Address),
  body: z.string(),
  confidence: z.number(),
  /** Why it was not sent automatically. */
  reasons: z.array(Reason),
  /** What became of its newest send, or keeps it back, where that is worth a word. */
  sendReasons: z.array(Reason),
  openQuestions: z.array(OpenQuestion),
  sources: z.array(Source),
  createdAt: Instant,
  updatedAt: Instant,
  /** What was wrong with it; null where nothing was, or nobody said. */
  fault: DraftFault.nullable(),
}

/**
 * Told apart by `status`. `sendAt`: when it goes out, the end of the undo window or later. `outcome`: how it ended; null
 * while that is open, and where it was closed for another reason than its words.
 */
function draftOf<T extends z.ZodRawShape>(fields: T) {
  const open = { ...draft, ...fields, sendAt: z.null(), sentAt: z.null(), outcome: z.null() }
  return z.discriminatedUnion('status', [
    z.strictObject({ ...open, status: z.literal('pending') }),
    z.strictObject({ ...open, status: z.literal('approved'), sendAt: Instant }),
    z.strictObject({ ...open, status: z.literal('sending') }),
    z.strictObject({
      ...open,
      status: z.literal('sent'),
      sentAt: Instant,
      outcome: z.enum(['sent_as_drafted', 'edited']),
    }),
    z.strictObject({ ...open, status: z.literal('unknown') }),
    z.strictObject({ ...open, status: z.literal('rejected'), outcome: z.literal('not_usable') }),
    z.strictObject({ ...open, status: z.literal('superseded'), outcome: z.literal('not_usable').nullable() }),
  ])
}

export const Draft = draftOf({})
export type Draft = z.infer<typeof Draft>

export const ListDraftsInput = z.strictObject({
  ...pageInput,
  status: z.union([DraftStatus, z.array(DraftStatus).min(1).max(7)]).optional(),
  mailboxId: Id.optional(),
})
export type ListDraftsInput = z.infer<typeof ListDraftsInput>
export const DraftPage = pageOf(Draft)
export type DraftPage = z.infer<typeof DraftPage>

export const DraftInput = z.strictObject({ draftId: Id })

/** What a sentence says that nothing it was written from says: a detail, a name, or work that nobody has taken on. */
export const UnsupportedClaim = z.strictObject({
  kind: z.enum(['link', 'phone', 'iban', 'address', 'domain', 'number', 'day', 'month', 'name', 'promise']),
  text: z.string(),
})
export type UnsupportedClaim = z.infer<typeof UnsupportedClaim>

/** A sentence of the draft and where it comes from. */
export const DraftSentence = z.strictObject({
  text: z.string(),
  /** `owner`: their own words, of an edit; `program`: of an edit by one that has a personal token. */
  writtenBy: z.enum(['agent', 'owner', 'program']),
  /** Positions in `sources`; empty where it says nothing that would need one. */
  sources: z.array(z.int()),
  unsupported: z.array(UnsupportedClaim),
})
export type DraftSentence = z.infer<typeof DraftSentence>

/** The draft sentence by sentence, and the mail it answers, as much of it as a review needs. */
export const DraftWithOriginal = draftOf({
  sentences: z.array(DraftSentence),
  original: z.strictObject({
    ...original,
    text: z.string(),
    /** Sanitised, as in `emails.get`. */
    html: z.string().nullable(),
    attachments: z.array(Attachment),
    flags: z.array(MailFlag),
  }),
})
export type DraftWithOriginal = z.infer<typeof DraftWithOriginal>

const version = { draftId: Id, version: z.int32().min(1) }
export const DraftVersionInput = z.strictObject(version)
export type DraftVersionInput = z.infer<typeof DraftVersionInput>
/** A draft whose questions nobody has answered goes out only where this says so. */
const acceptOpenQuestions = z.boolean().optional()
export const ApproveDraftInput = z.strictObject({ ...version, acceptOpenQuestions })
export type ApproveDraftInput = z.infer<typeof ApproveDraftInput>
/** Without `fault` it is read from the change. */
const fault = DraftFault.optional()
export const EditDraftInput = z.strictObject({ ...version, body: storableText(50_000).trim().min(1), fault })
export type EditDraftInput = z.infer<typeof EditDraftInput>
export const RejectDraftInput = z.strictObject({
  ...version,
  reason: storableText(1_000).trim().min(1).optional(),
  fault,
})
export type RejectDraftInput = z.infer<typeof RejectDraftInput>
export const ScheduleDraftInput = z.strictObject({ ...version, sendAt: Instant, acceptOpenQuestions })
export type ScheduleDraftInput = z.infer<typeof ScheduleDraftInput>
/** Another draft takes the place of this one. `instruction`: what is to be different, in the owner's own words. */
export const RegenerateDraftInput = z.strictObject({ ...version, instruction: Instruction.optional(), fault })
export type RegenerateDraftInput = z.infer<typeof RegenerateDraftInput>
/** The owner's answers to open questions of the draft, by their ids: another draft is written with them. */
export const AnswerDraftInput = z.strictObject({
  ...version,
  answers: z
    .array(z.strictObject({ id: z.string().max(20), answer: storableText(2_000).trim().min(1) }))
    .min(1)
    .max(10),
})
export type AnswerDraftInput = z.infer<typeof AnswerDraftInput>
/** The draft as it stands until the run has ended, and the run that writes the next one. */
export const DraftInRewriting = draftOf({ traceId: Id })
export type DraftInRewriting = z.infer<typeof DraftInRewriting>

const drafts = z.array(DraftVersionInput).min(1).max(50)
export const BulkApproveInput = z.strictObject({ drafts, acceptOpenQuestions })
export type BulkApproveInput = z.infer<typeof BulkApproveInput>
export const BulkRejectInput = z.strictObject({ drafts, reason: RejectDraftInput.shape.reason, fault })
export type BulkRejectInput = z.infer<typeof BulkRejectInput>
/** What became of each, in the order in which they were named: each is decided on by itself. */
export const BulkOutcome = z.strictObject({
  items: z.array(
    z.discriminatedUnion('ok', [
      z.strictObject({ draftId: Id, ok: z.literal(true), draft: Draft }),
      z.strictObject({ draftId: Id, ok: z.literal(false), reason: ErrorReason, message: z.string() }),
    ]),
  ),
})
export type BulkOutcome = z.infer<typeof BulkOutcome>
/** What the owner found out about a send whose outcome is unknown. */
export const ResolveSendInput = z.strictObject({ ...version, outcome: z.enum(['sent', 'not_sent']) })
export type ResolveSendInput = z.infer<typeof ResolveSendInput>
