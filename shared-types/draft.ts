import { z } from 'zod'
import { Address } from './address.ts'
import { Id, Instant, pageInput, pageOf } from './page.ts'
import { Reason } from './reason.ts'
import { storableText } from './text.ts'

export const DraftStatus = z.enum(['pending', 'approved', 'sending', 'sent', 'unknown', 'rejected', 'superseded'])
export type DraftStatus = z.infer<typeof DraftStatus>

/** Something only the owner knows: asked instead of invented. */
export const OpenQuestion = z.strictObject({ id: z.string(), question: z.string() })
export type OpenQuestion = z.infer<typeof OpenQuestion>

/** What the draft was written from, and who may know it. */
export const Source = z.strictObject({
  kind: z.enum(['thread', 'email', 'contact', 'calendar', 'template', 'note']),
  /** Id of the e-mail, contact or template; null for calendar and notes. */
  id: z.string().nullable(),
  label: z.string(),
  /** `correspondent`: they could read it already. `owner`: only the owner may know it. */
  audience: z.enum(['correspondent', 'owner']),
})
export type Source = z.infer<typeof Source>

export const Draft = z.strictObject({
  id: Id,
  version: z.int(),
  status: DraftStatus,
  emailId: Id,
  subject: z.string(),
  from: Address,
  /** Computed from the mail's headers: where the reply will go. */
  to: z.array(Address),
  body: z.string(),
  confidence: z.number(),
  /** What became of its send, where that is worth a word, then why it was not sent automatically. */
  reasons: z.array(Reason),
  openQuestions: z.array(OpenQuestion),
  sources: z.array(Source),
  createdAt: Instant,
  /** When it goes out while a send is waiting: the end of the undo window or later; else null. */
  sendAt: Instant.nullable(),
})
export type Draft = z.infer<typeof Draft>

export const ListDraftsInput = z.strictObject({ ...pageInput, status: DraftStatus.optional() })
export type ListDraftsInput = z.infer<typeof ListDraftsInput>
export const DraftPage = pageOf(Draft)
export type DraftPage = z.infer<typeof DraftPage>

export const DraftInput = z.strictObject({ draftId: Id })

/** The mail the draft answers, as much of it as a review needs. */
export const DraftWithOriginal = Draft.extend({
  original: z.strictObject({
    id: Id,
    subject: z.string(),
    from: Address,
    receivedAt: Instant,
    text: z.string(),
  }),
})
export type DraftWithOriginal = z.infer<typeof DraftWithOriginal>

const version = { draftId: Id, version: z.int32().min(1) }
export const DraftVersionInput = z.strictObject(version)
export type DraftVersionInput = z.infer<typeof DraftVersionInput>
export const EditDraftInput = z.strictObject({ ...version, body: storableText(50_000).trim().min(1) })
export type EditDraftInput = z.infer<typeof EditDraftInput>
export const RejectDraftInput = z.strictObject({ ...version, reason: storableText(1_000).trim().min(1).optional() })
export type RejectDraftInput = z.infer<typeof RejectDraftInput>
export const ScheduleDraftInput = z.strictObject({ ...version, sendAt: Instant })
export type ScheduleDraftInput = z.infer<typeof ScheduleDraftInput>
/** What the owner found out about a send whose outcome is unknown. */
export const ResolveSendInput = z.strictObject({ ...version, outcome: z.enum(['sent', 'not_sent']) })
export type ResolveSendInput = z.infer<typeof ResolveSendInput>
