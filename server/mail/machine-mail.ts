import type { MailReport } from '../../shared-types/index.ts'

/** What of a mail tells a machine from a person. */
export interface MachineFacts {
  readonly headers: Readonly<Record<string, string>>
  readonly fromAddress: string
  readonly labels: readonly string[]
  readonly ownerAddress: string
  readonly subject: string
  readonly report: MailReport | null
  readonly isFromOwner?: boolean
}

/**
 * Why this mail came from a machine, or null when nothing says so (RFC 3834, RFC 2369). Headers decide; the subject is
 * asked last, and only for wordings that nobody writes by hand.
 */
export function machineReason(email: MachineFacts): string | null {
  const { headers, fromAddress, labels, report, subject } = email
  if (labels.includes('SPAM')) return 'Gmail put it into spam.'
  if (fromAddress === '') return 'It names no sender.'
  if (email.isFromOwner || isSameMailbox(fromAddress, email.ownerAddress)) return 'It is from yourself.'
  const autoSubmitted = headers['auto-submitted']
  if (autoSubmitted && !/^no\b/i.test(autoSubmitted.trim())) return 'It was sent automatically (Auto-Submitted).'
  if (/^<\s*>$/.test(headers['return-path']?.trim() ?? '')) return 'It is a delivery notice (empty Return-Path).'
  if (/^(bulk|junk|list|auto_reply)\b/i.test(headers['precedence']?.trim() ?? ''))
    return 'It is bulk mail (Precedence).'
  if (report || /^multipart\/report\b/i.test(headers['content-type']?.trim() ?? '')) return 'It is a delivery report.'
  const header = Object.keys(headers).find((name) => machineHeader.test(name))
  if (header) return `It is list or automatic mail (${header} header).`
  if (machineAddress.test(fromAddress)) return `${fromAddress} takes no replies.`
  if (labels.includes('CATEGORY_PROMOTIONS')) return 'Gmail filed it under promotions.'
  if (machineSubjects.some((pattern) => pattern.test(subject.trim())))
    return 'Its subject is that of an automatic mail.'
  return null
}

const machineAddress =
  /^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|donotreply|bounces?|notifications?|daemon|owner-.*|.*-(bounces?|request|owner|noreply))(\+.*)?@/
const machineHeader =
  /^(list-.*|feedback-id|x-auto-response-suppress|x-autoreply|x-autorespond|x-failed-recipients|x-loop)$/

/** Whole subjects, or beginnings with the mark that programs put behind them. */
const machineSubjects = [
  // A bounce, also one that somebody forwards as it is.
  /^(?:fwd?:\s*)?returned mail: see transcript for details$/i,
  /^(?:fwd?:\s*)?undelivered mail returned to sender$/i,
  /^(?:fwd?:\s*)?mail delivery failed: returning message to sender$/i,
  /^(?:fwd?:\s*)?delivery status notification \((?:failure|delay)\)$/i,
  /^undeliverable: /i,
  // A complaint in the old form of Hotmail.
  /^complaint about message from \d{1,3}(?:\.\d{1,3}){3}$/i,
  /^(?:automatic reply|auto[ -]?reply|autoreply|out of (?:the )?office(?: auto-?reply)?): /i,
  /^(?:automatische antwort|abwesenheitsnotiz|réponse automatique|respuesta automática|risposta automatica): /i,
  /^(?:resposta automática|automatisch antwoord|autosvar|automaattinen vastaus|автоответ|автоматический ответ): /i,
  /^(?:自動返信|自动回复|自動回覆|자동 회신)[:：]/,
]

/** `mara+news@` reaches `mara@`, and Gmail takes dots for nothing. */
function isSameMailbox(a: string, b: string): boolean {
  return mailboxOf(a) === mailboxOf(b)
}

function mailboxOf(address: string): string {
  const at = address.lastIndexOf('@')
  const name = address.slice(0, at).replace(/\+.*$/, '')
  const domain = address.slice(at + 1).toLowerCase()
  const isGmail = domain === 'gmail.com' || domain === 'googlemail.com'
  return `${isGmail ? name.replaceAll('.', '') : name}@${isGmail ? 'gmail.com' : domain}`.toLowerCase()
}
