import type { Attachment as Part, StructuredHeader } from 'mailparser'
import type { MailReport } from '../../../shared-types/index.ts'
import { visibleLine } from './text.ts'

const kinds: Readonly<Record<string, MailReport['kind']>> = {
  'message/delivery-status': 'delivery',
  'message/global-delivery-status': 'delivery',
  'message/disposition-notification': 'disposition',
  'message/global-disposition-notification': 'disposition',
  'message/feedback-report': 'feedback',
}

const nothing = { finalRecipient: null, action: null, status: null, disposition: null, feedbackType: null }
const maxBytes = 100_000

/**
 * What a report says of another mail, from the part made for machines; without such a part what the top header names
 * (RFC 6522). Null when the mail is no report.
 */
export function reportOf(type: StructuredHeader | undefined, parts: readonly Part[]): MailReport | null {
  const part = parts.find((candidate) => kinds[typeOf(candidate)])
  const kind = part && kinds[typeOf(part)]
  if (kind) return { kind, ...readReport(part.content.subarray(0, maxBytes).toString('utf8')) }
  if (type?.value.toLowerCase() !== 'multipart/report') return null
  return { kind: kinds[`message/${type.params['report-type']?.toLowerCase()}`] ?? 'other', ...nothing }
}

/** Of several recipients the first one that failed, else the first. */
function readReport(source: string): Omit<MailReport, 'kind'> {
  const groups = source
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n/)
    .map(fieldsOf)
  const aboutRecipient = groups.filter((fields) => fields.has('final-recipient') || fields.has('original-recipient'))
  const failed = aboutRecipient.find((fields) => /^failed/i.test(fields.get('action') ?? ''))
  const fields = new Map([...(groups[0] ?? []), ...(failed ?? aboutRecipient[0] ?? [])])
  const word = (name: string) => /^[\w.-]+/.exec(fields.get(name) ?? '')?.[0]?.toLowerCase() ?? null
  const recipient = fields.get('final-recipient') ?? fields.get('original-recipient') ?? fields.get('original-rcpt-to')
  return {
    // `rfc822; ann@example.com`
    finalRecipient: visibleLine((recipient ?? '').replace(/^[\w-]+\s*;/, '').replace(/^\s*<|>\s*$/g, ''), 320) || null,
    action: word('action'),
    status: /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(fields.get('status') ?? '')?.[0] ?? null,
    // `manual-action/MDN-sent-manually; displayed`
    disposition: /;\s*([\w-]+)/.exec(fields.get('disposition') ?? '')?.[1]?.toLowerCase() ?? null,
    feedbackType: word('feedback-type'),
  }
}

function fieldsOf(group: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of group.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim().toLowerCase()
    if (colon > 0 && !fields.has(name)) fields.set(name, line.slice(colon + 1, colon + 1_000).trim())
  }
  return fields
}

/** mailparser leaves `false` where a mail names no type. */
function typeOf({ contentType }: Part): string {
  return contentType ? contentType.toLowerCase() : ''
}
