import type { Address, MailReport, Reason } from '../../shared-types/index.ts'
import { isSameDomain, isSameMailbox, partsOf } from './addresses.ts'
import { isMachineSubject } from './machine-subjects.ts'

/** What of a mail tells a machine from a person. */
export interface MachineFacts {
  readonly headers: Readonly<Record<string, string>>
  /** Tells that a mail names its sender all the same, where no reply can be addressed to them. */
  readonly fromName?: string
  readonly fromAddress: string
  readonly labels: readonly string[]
  readonly ownerAddress: string
  readonly subject: string
  readonly report: MailReport | null
  readonly isFromOwner?: boolean
  readonly replyToAddresses?: readonly Address[]
  readonly calendar?: { readonly method: string | null } | null
}

/**
 * Why this mail came from a machine, or null when nothing says so (RFC 3834, RFC 2369). Headers decide; the subject is
 * asked last, and only for forms that nobody writes by hand. In doubt a person wrote it: whether it may be answered
 * automatically is another question (`automaticReplyObstacle`).
 */
export function machineReason(email: MachineFacts): Reason | null {
  const { headers, fromName = '', fromAddress, labels, report, subject } = email
  if (labels.includes('SPAM')) return { code: 'IN_SPAM', text: 'Gmail put it into spam.' }
  if (fromName === '' && fromAddress === '') return { code: 'NO_SENDER', text: 'It names no sender.' }
  const isForm = isFormMail(email)
  if (!isForm && isOwn(email)) return { code: 'FROM_OWNER', text: 'It is from yourself.' }
  const autoSubmitted = headers['auto-submitted']
  if (autoSubmitted && !/^no\b/i.test(autoSubmitted.trim()))
    return { code: 'SENT_AUTOMATICALLY', text: 'It was sent automatically (Auto-Submitted).' }
  if (/^<\s*>$/.test(headers['return-path']?.trim() ?? ''))
    return { code: 'DELIVERY_REPORT', text: 'It is a delivery notice (empty Return-Path).' }
  if (report || /^multipart\/report\b/i.test(headers['content-type']?.trim() ?? ''))
    return { code: 'DELIVERY_REPORT', text: 'It is a delivery report.' }
  const header = Object.keys(headers).find(isMachineHeader)
  if (header) return { code: 'SENT_AUTOMATICALLY', text: `It was sent automatically (${header} header).` }
  const bulk = bulkReason(email)
  if (bulk) return bulk
  // Some write `MAILER-DAEMON <>`.
  if (!isForm && isMachineAddress(fromAddress || `${fromName}@`))
    return { code: 'TAKES_NO_REPLIES', text: `${fromAddress || fromName} takes no replies.` }
  if (labels.includes('CATEGORY_PROMOTIONS')) return { code: 'IN_PROMOTIONS', text: 'Gmail filed it under promotions.' }
  if (email.calendar?.method?.toUpperCase() === 'REPLY')
    return { code: 'ANSWERS_INVITATION', text: 'It answers an invitation.' }
  if (isMachineSubject(subject))
    return { code: 'SENT_AUTOMATICALLY', text: 'Its subject is that of an automatic mail.' }
  return null
}

/** Why no automatic reply may go to it, also where a person may have written it (RFC 3834, RFC 2369). */
export function automaticReplyObstacle(email: MachineFacts): Reason | null {
  const reason = machineReason(email)
  if (reason) return reason
  if (email.fromAddress === '') return { code: 'SENDER_UNCLEAR', text: 'A reply cannot be addressed to its sender.' }
  if (isMachineAddress(email.fromAddress))
    return { code: 'TAKES_NO_REPLIES', text: `${email.fromAddress} takes no replies.` }
  if (isOwn(email)) return { code: 'FROM_OWNER', text: 'It is from yourself.' }
  const header = Object.keys(email.headers).find((name) =>
    /^(?:list-.*|precedence|x-auto-response-suppress)$/.test(name),
  )
  return header ? { code: 'WANTS_NO_AUTOMATIC_REPLY', text: `It wants no automatic reply (${header} header).` } : null
}

/** Whether a program alone writes such a header; `X-Auto-Response-Suppress` says nothing about who wrote the mail. */
export function isMachineHeader(name: string): boolean {
  return (
    /^x-(?:mail-)?auto-?(?:repl|respon(?!se-suppress)|generated)[a-z-]*$/.test(name) ||
    /^(?:x-out-?of-?office|x-failed-recipients|x-loop|preference|x-ms-exchange-inbox-rules-loop)$/.test(name)
  )
}

function isOwn({ isFromOwner, fromAddress, ownerAddress }: MachineFacts): boolean {
  return isFromOwner === true || isSameMailbox(fromAddress, ownerAddress)
}

/**
 * Somebody filled in a form: it comes from the owner's own or a no-reply address, and answers go to a stranger, who is
 * neither the owner nor of the program's own domain.
 */
export function isFormMail(email: MachineFacts): boolean {
  const { fromAddress, ownerAddress, replyToAddresses = [] } = email
  if (!isOwn(email) && !isMachineAddress(fromAddress)) return false
  return replyToAddresses.some(
    ({ address }) =>
      address !== '' &&
      !isSameMailbox(address, ownerAddress) &&
      !isMachineAddress(address) &&
      (isOwn(email) || !isSameDomain(address, fromAddress)),
  )
}

/** A newsletter or a mailing list; a mail through the team's own group address is a person's, and so is one with a way out. */
function bulkReason({ headers, ownerAddress }: MachineFacts): Reason | null {
  const precedence = /^(?:bulk|junk|list|auto_reply)\b/i.exec(headers['precedence']?.trim() ?? '')?.[0].toLowerCase()
  if (precedence && precedence !== 'list') return { code: 'BULK_MAIL', text: 'It is bulk mail (Precedence).' }
  if (headers['feedback-id'] !== undefined) return { code: 'BULK_MAIL', text: 'It is bulk mail (feedback-id header).' }
  if (isOwnGroup(headers['list-id'] ?? '', ownerAddress)) return null
  if (precedence) return { code: 'BULK_MAIL', text: 'It is bulk mail (Precedence).' }
  const names = Object.keys(headers).filter((name) => name.startsWith('list-'))
  // Programs that send a person's own mail for them add a way to unsubscribe, and nothing else.
  const isOnlyWayOut = names.every((name) => name === 'list-unsubscribe' || name === 'list-unsubscribe-post')
  return isOnlyWayOut ? null : { code: 'LIST_MAIL', text: `It is list mail (${names[0]} header).` }
}

/** `sales.studio.example` is a list of the owner's own domain; everybody has gmail.com. */
function isOwnGroup(listId: string, ownerAddress: string): boolean {
  const [, id = ''] = /<([^<>\s]{1,255})>/.exec(listId) ?? []
  const [, domain] = partsOf(ownerAddress)
  return domain !== 'gmail.com' && domain !== 'googlemail.com' && id.toLowerCase().endsWith(`.${domain}`)
}

/** An address that takes no replies, by the form of its local part. */
function isMachineAddress(address: string): boolean {
  const [local] = partsOf(address)
  const name = local.split('+', 1)[0] ?? ''
  return (
    /^(?:(?:mailer|post|mail)?[-_.]?(?:daemon|master)|postmaster|bounces?|notifications?|listserv|majordomo|mailman|owner-.*)$/.test(
      name,
    ) ||
    /(?:^|[-_.])(?:no|do[-_.]?not|dont)[-_.]?reply(?:$|[-_.])/.test(name) ||
    /-(?:bounces?|request|owner)$/.test(name) ||
    /^microsoftexchange[0-9a-f]{32}$/.test(name)
  )
}
