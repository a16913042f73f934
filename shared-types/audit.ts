import { z } from 'zod'
import { Instant, pageInput, pageOf } from './page.ts'

export const AuditAction = z.enum([
  'REGISTERED',
  'LOGGED_IN',
  'LOGGED_OUT_EVERYWHERE',
  'SESSION_REVOKED',
  'REFRESH_TOKEN_REUSED',
  'PASSWORD_CHANGED',
  'PASSWORD_RESET_SENT',
  'PASSWORD_RESET',
  'TOKEN_CREATED',
  'TOKEN_REVOKED',
  'GOOGLE_LOGIN_LINKED',
  'GOOGLE_LOGIN_REMOVED',
  'MAILBOX_CONNECTED',
  'MAILBOX_REFUSED',
  'MAILBOX_DISCONNECTED',
  'SETTINGS_CHANGED',
  'HUBSPOT_KEY_SET',
  'HUBSPOT_KEY_REMOVED',
  'TEMPLATE_APPROVED',
  'CONTACT_DELETED',
  'CONTACTS_MERGED',
  'CONTACTS_IMPORTED',
  'DRAFT_APPROVED',
  'DRAFT_REJECTED',
  'REJECTION_UNDONE',
  'SEND_CANCELLED',
])
export type AuditAction = z.infer<typeof AuditAction>

/** Ids, names of settings, a network: never mail text, and no secret. */
export const AuditEntry = z.strictObject({
  /** Counts up from 1. */
  seq: z.int(),
  at: Instant,
  /** `agent`: by itself, within what the owner allows. */
  actor: z.enum(['owner', 'agent']),
  action: AuditAction,
  detail: z.record(z.string(), z.string()),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const ListAuditInput = z.strictObject(pageInput)
export type ListAuditInput = z.infer<typeof ListAuditInput>
export const AuditPage = pageOf(AuditEntry)
export type AuditPage = z.infer<typeof AuditPage>

/** `brokenAt`: the first entry that is not as it was written, or does not follow the one before; null when all do. */
export const AuditVerdict = z.strictObject({ entries: z.int(), brokenAt: z.int().nullable() })
export type AuditVerdict = z.infer<typeof AuditVerdict>
