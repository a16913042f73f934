import type { LoadedEmail } from '../db/run-input.ts'

const machineAddress =
  /^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|donotreply|bounces?|notifications?|daemon|owner-.*|.*-(bounces?|request|owner|noreply))(\+.*)?@/
const machineHeader =
  /^(list-.*|feedback-id|x-auto-response-suppress|x-autoreply|x-autorespond|x-failed-recipients|x-loop)$/

/**
 * Why this mail came from a machine, or null when nothing says so (RFC 3834, RFC 2369). Header rules only: they hold
 * whatever the text says.
 */
export function machineReason(
  email: Pick<LoadedEmail, 'headers' | 'fromAddress' | 'labels' | 'ownerAddress'>,
): string | null {
  const { headers, fromAddress, labels } = email
  if (labels.includes('SPAM')) return 'Gmail put it into spam.'
  if (fromAddress === '') return 'It names no sender.'
  if (fromAddress === email.ownerAddress) return 'It is from yourself.'
  const autoSubmitted = headers['auto-submitted']
  if (autoSubmitted && !/^no\b/i.test(autoSubmitted.trim())) return 'It was sent automatically (Auto-Submitted).'
  if (headers['return-path']?.trim() === '<>') return 'It is a delivery notice (empty Return-Path).'
  if (/^(bulk|junk|list|auto_reply)\b/i.test(headers['precedence']?.trim() ?? ''))
    return 'It is bulk mail (Precedence).'
  if (/^multipart\/report\b/i.test(headers['content-type']?.trim() ?? '')) return 'It is a delivery report.'
  const header = Object.keys(headers).find((name) => machineHeader.test(name))
  if (header) return `It is list or automatic mail (${header} header).`
  if (machineAddress.test(fromAddress)) return `${fromAddress} takes no replies.`
  if (labels.includes('CATEGORY_PROMOTIONS')) return 'Gmail filed it under promotions.'
  return null
}
