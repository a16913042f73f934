import { z } from 'zod'

/**
 * Why a call was refused: `data.reason` of every error the API answers with.
 * A closed set, so that a frontend can switch over it.
 */
export const ErrorReason = z.enum([
  'VALIDATION_FAILED',
  'UNAUTHENTICATED',
  'INVALID_CREDENTIALS',
  'INVALID_REFRESH_TOKEN',
  'EMAIL_TAKEN',
  'ORIGIN_NOT_ALLOWED',
  'UNSUPPORTED_CONTENT_TYPE',
  'BODY_TOO_LARGE',
  'METHOD_NOT_SUPPORTED',
  'RATE_LIMITED',
  'NOT_FOUND',
  'PROCEDURE_NOT_FOUND',
  'GMAIL_NOT_CONFIGURED',
  'GMAIL_NEEDS_REAUTH',
  'MAILBOX_DISCONNECTED',
  'EMAIL_NOT_INBOUND',
  'EMAIL_IN_PROGRESS',
  'EMAIL_ALREADY_APPROVED',
  'EMAIL_ALREADY_SENT',
  'SEND_UNRESOLVED',
  'DRAFT_CHANGED',
  'DRAFT_ALREADY_APPROVED',
  'DRAFT_NOT_PENDING',
  'SEND_NOT_CANCELLABLE',
  'SEND_NOT_UNKNOWN',
  'TEMPLATE_CHANGED',
  'TEMPLATE_NAME_TAKEN',
  'UPSTREAM_FAILED',
  'UNAVAILABLE',
  'INTERNAL',
])
export type ErrorReason = z.infer<typeof ErrorReason>
