import MailComposer from 'nodemailer/lib/mail-composer'
import type { Address } from '../../../shared-types/index.ts'
import type { ReplyToCompose } from '../../mail/fields.ts'
import { visibleLine, visibleLines } from './text.ts'

/**
 * The bytes of a reply, plain text and the same as HTML; no Bcc. An automatic one is plain text alone, and says what it is
 * (RFC 3834, section 5), so that no other machine answers it. Ids of the answered mail that are none are left out. Throws when a recipient, the sender or the outbox id could become another header or another recipient.
 */
export async function composeReply(reply: ReplyToCompose): Promise<Buffer> {
  const ids = new Set([...reply.references, reply.inReplyTo ?? ''].filter(isMessageId))
  if (!/^[\w-]{1,100}$/.test(reply.outboxId)) throw new TypeError('not an outbox id')
  const text = visibleLines(reply.text)
  const composer = new MailComposer({
    from: mailboxOf(reply.from),
    to: reply.to.map(mailboxOf),
    cc: reply.cc.map(mailboxOf),
    subject: visibleLine(reply.subject, 998),
    ...(isMessageId(reply.inReplyTo) && { inReplyTo: reply.inReplyTo }),
    ...(ids.size > 0 && { references: [...ids] }),
    headers: { 'X-ReasonFlow-Outbox': reply.outboxId, ...(reply.isAutomatic && automatic) },
    text,
    ...(!reply.isAutomatic && { html: htmlOf(text) }),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return composer.compile().build()
}

const automatic = { 'Auto-Submitted': 'auto-replied' }

function isMessageId(id: string | null): id is string {
  return id !== null && /^<[\x21-\x3B\x3D\x3F-\x7E]{1,990}>$/.test(id)
}

/** A comma or bracket in an address would make it two, or another one. */
function mailboxOf({ name, address }: Address): { name: string; address: string } {
  if (address.length > 320 || !/^[^\s@<>()[\]\\,;:"\p{C}]+@[^\s@<>()[\]\\,;:"\p{C}]+$/u.test(address)) {
    throw new TypeError('not an address a mail can be sent to')
  }
  return { name: visibleLine(name, 200), address }
}

function htmlOf(text: string): string {
  const escaped = text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  const paragraphs = escaped.split(/\n{2,}/).map((lines) => `<p>${lines.replaceAll('\n', '<br>\n')}</p>`)
  return `<!doctype html>\n<html><body>\n${paragraphs.join('\n')}\n</body></html>\n`
}
