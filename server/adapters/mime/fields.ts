import libmime from 'libmime'
import type { ParsedMail as Parsed } from 'mailparser'
import type { Address, MailFlag } from '../../../shared-types/index.ts'
import type { ParsedMail } from '../../mail/fields.ts'
import { stripInvisible } from '../../mail/invisible-characters.ts'
import { addressesOf, senderOf } from './addresses.ts'
import { keptHeaders, rawHeader, repeatedHeaders } from './headers.ts'
import { visibleLine, visibleLines } from './text.ts'

const maxReferences = 100

/** What a mail's header block says; the rest is still empty. */
export function fieldsOf(head: Parsed): ParsedMail {
  return {
    messageId: idsIn(head, 'message-id')[0] ?? null,
    inReplyTo: idsIn(head, 'in-reply-to')[0] ?? null,
    references: idsIn(head, 'references').slice(-maxReferences),
    subject: visibleLine(head.subject ?? '', 998),
    from: senderOf(head).from,
    to: addressesOf(head, 'to'),
    cc: addressesOf(head, 'cc'),
    bcc: addressesOf(head, 'bcc'),
    replyTo: addressesOf(head, 'reply-to'),
    text: '',
    plainText: '',
    freshText: '',
    html: null,
    headers: { ...keptHeaders(head.headerLines), ...organizationOf(head) },
    attachments: [],
    flags: [],
    calendar: null,
    report: null,
  }
}

/** The sender's, as they call it (RFC 5322 knows no such field, RFC 5536 does). */
function organizationOf({ headerLines }: Parsed): Record<string, string> {
  const written = rawHeader(headerLines, 'organization').slice(0, 2_000)
  const organization = visibleLine(libmime.decodeWords(written), 200)
  return organization === '' ? {} : { organization }
}

function missingSender({ name }: Address): string {
  return name === '' ? 'No sender address is given.' : 'No sender address is given that can be answered.'
}

/** What is odd about a header block: flags, and sentences on what of it does not count. */
export function headerFindings(head: Parsed): { flags: MailFlag[]; problems: string[] } {
  const repeated = repeatedHeaders(head.headerLines)
  const { from: sender, hasMore } = senderOf(head)
  const oddities = [
    sender.address === '' && (['no-sender', missingSender(sender)] as const),
    hasMore && (['several-senders', 'Several senders are named; the first counts.'] as const),
    repeated.length > 0 &&
      (['duplicate-headers', `Repeated headers, the first counts: ${repeated.join(', ')}.`] as const),
  ].filter((oddity) => oddity !== false)
  const invisible = stripInvisible(`${head.subject ?? ''}\n${head.from?.text ?? ''}`).traces
  return { flags: [...oddities.map(([flag]) => flag), ...invisible], problems: oddities.map(([, problem]) => problem) }
}

/** Ids in angle brackets, up to the length of a header line, or a single one without; other words are no ids. */
function idsIn({ headerLines }: Parsed, name: string): string[] {
  const raw = visibleLines(rawHeader(headerLines, name))
  const ids = raw.match(/<[\x21-\x3B\x3D\x3F-\x7E]{1,990}>/g)
  const [, bare] = /^\s*([\x21-\x3B\x3D\x3F-\x7E]{1,990}@[\x21-\x3B\x3D\x3F-\x7E]{1,990})\s*$/.exec(raw) ?? []
  return ids ?? (bare ? [`<${bare}>`] : [])
}
