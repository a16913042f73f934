import type { ParsedMail as Parsed, StructuredHeader } from 'mailparser'
import type { Attachment, MailFlag } from '../../../shared-types/index.ts'
import type { ParsedMail } from '../../mail/fields.ts'
import { attachmentsOf } from './attachments.ts'
import { calendarOf } from './calendar.ts'
import { reportOf } from './report.ts'

type Parts = Pick<ParsedMail, 'attachments' | 'calendar' | 'report' | 'flags'>

/** What the parts of a mail beside its text say. */
export function partsOf({ headers, attachments: parts, text = '' }: Parsed): Parts {
  const attachments = attachmentsOf(parts)
  const calendar = calendarOf(parts)
  const type = headers.get('content-type') as StructuredHeader | undefined
  const report = reportOf(type, parts)
  const flags: (MailFlag | false)[] = [
    calendar !== null && 'calendar',
    report !== null && 'report',
    isSigned(type, attachments, text) && 'signed',
    isEncrypted(type, attachments, text) && 'encrypted',
    attachments.some(({ mimeType }) => mimeType === 'message/rfc822') && 'enclosed-mail',
  ]
  return { attachments, calendar, report, flags: flags.filter((flag) => flag !== false) }
}

/** PGP/MIME (RFC 3156), S/MIME (RFC 8551), or PGP inside the text. */
function isSigned(type: StructuredHeader | undefined, attachments: readonly Attachment[], text: string): boolean {
  return (
    /^multipart\/signed$/i.test(type?.value ?? '') ||
    /signed/i.test(type?.params['smime-type'] ?? '') ||
    attachments.some(({ mimeType }) => /^application\/(?:pgp-signature|(?:x-)?pkcs7-signature)$/.test(mimeType)) ||
    text.includes('-----BEGIN PGP SIGNED MESSAGE-----')
  )
}

function isEncrypted(type: StructuredHeader | undefined, attachments: readonly Attachment[], text: string): boolean {
  return (
    /^multipart\/encrypted$/i.test(type?.value ?? '') ||
    attachments.some(({ mimeType }) => /^application\/(?:pgp-encrypted|(?:x-)?pkcs7-mime)$/.test(mimeType)) ||
    text.includes('-----BEGIN PGP MESSAGE-----')
  )
}
