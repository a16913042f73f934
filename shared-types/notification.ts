import { z } from 'zod'
import { Id, Instant, pageInput, pageOf } from './page.ts'

/** Counts up, in the order in which an owner's notifications came about; other owners' lie in between. */
export const NotificationId = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,14})$/, 'not the id of a notification')
  .meta({ examples: ['4711'] })

const ofMail = z.strictObject({ emailId: Id })
const ofDraft = z.strictObject({ emailId: Id, draftId: Id })

/** What goes with each kind: what it is about, by id. */
export const notificationPayloads = {
  draft_ready: ofDraft,
  draft_superseded: ofDraft,
  no_draft: ofMail,
  run_failed: ofMail,
  send_rejected: ofDraft,
  send_unknown: ofDraft,
  send_found: ofDraft,
  send_withdrawn: ofDraft,
  reply_scheduled: ofDraft,
  mailbox_needs_reauth: z.strictObject({ mailboxId: Id, address: z.string() }),
  mail_quarantined: z.strictObject({ quarantinedId: Id, mailboxId: Id, reason: z.string() }),
  budget_exhausted: z.strictObject({ reason: z.string() }),
  batch_done: z.strictObject({ batchId: Id }),
}
export type NotificationKind = keyof typeof notificationPayloads

/** What an owner may choose not to be told of. Not among them: what needs them, or went otherwise than they said. */
export const MutableNotification = z.enum([
  'draft_ready',
  'draft_superseded',
  'no_draft',
  'send_found',
  'reply_scheduled',
  'mail_quarantined',
  'batch_done',
] satisfies NotificationKind[])
export type MutableNotification = z.infer<typeof MutableNotification>
export type NotificationPayload<K extends NotificationKind> = z.infer<(typeof notificationPayloads)[K]>

function of<K extends NotificationKind>(kind: K) {
  return z.strictObject({
    id: NotificationId,
    kind: z.literal(kind),
    payload: notificationPayloads[kind],
    createdAt: Instant,
    readAt: Instant.nullable(),
  })
}

export const Notification = z.discriminatedUnion('kind', [
  of('draft_ready'),
  of('draft_superseded'),
  of('no_draft'),
  of('run_failed'),
  of('send_rejected'),
  of('send_unknown'),
  of('send_found'),
  of('send_withdrawn'),
  of('reply_scheduled'),
  of('mailbox_needs_reauth'),
  of('mail_quarantined'),
  of('budget_exhausted'),
  of('batch_done'),
])
export type Notification = z.infer<typeof Notification>

/** `unread`: only those that are unread, or only those that are read. */
export const ListNotificationsInput = z.strictObject({ ...pageInput, unread: z.boolean().optional() })
export type ListNotificationsInput = z.infer<typeof ListNotificationsInput>

const unread = z.int()

/** `unread`: how many there are in all. */
export const NotificationPage = pageOf(Notification).extend({ unread })
export type NotificationPage = z.infer<typeof NotificationPage>

/** These, or all up to this one. */
export const MarkReadInput = z.union([
  z.strictObject({ ids: z.array(NotificationId).min(1).max(100) }),
  z.strictObject({ upTo: NotificationId }),
])
export type MarkReadInput = z.infer<typeof MarkReadInput>

export const MarkedRead = z.strictObject({ ok: z.literal(true), unread })
export type MarkedRead = z.infer<typeof MarkedRead>

/** The last one that is known: `0` asks for all, nothing for those that come from now on. */
export const StreamNotificationsInput = z.strictObject({ lastEventId: NotificationId.optional() })
