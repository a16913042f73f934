import type { MailComposerOptions } from 'nodemailer/lib/mail-composer/index.js'

import { compose } from './compose.ts'
import { deliveryTrace, token } from './delivery.ts'
import { htmlTwin } from './html.ts'
import { quote, type Quotable } from './quote.ts'
import type { Expected, Mail, Thread } from './script.ts'
import type { World } from './world.ts'

export interface SeedMail {
  /** Stable key, e.g. 'hartmann-quote/2'. */
  readonly key: string
  readonly direction: 'in' | 'out'
  /** RFC 822 bytes, CRLF. */
  readonly raw: Buffer
  readonly receivedAt: Date
  /** Gmail's system labels. */
  readonly labels: readonly string[]
  /** What a careful person would say of it: used by a test and for nothing else. */
  readonly expected: Expected
}

/** The mails of one thread as they lie in the mailbox: linked by Message-IDs, each quoting what it answers. */
export function buildThread({ owner }: World, { key, subject, mails }: Thread): SeedMail[] {
  const ids: string[] = []
  let last: Quotable | undefined
  return mails.map((mail, index) => {
    const { sender, recipient } = ends(owner, mail)
    const mailKey = `${key}/${index + 1}`
    const id = token(owner.email.toLowerCase(), mailKey)
    const line = mail.subject ?? (last === undefined ? subject : `${replyPrefix(mail)} ${subject}`)
    const own = mail.text
    const quoted = last !== undefined && mail.quotesLast !== false ? last : undefined
    const style = mail.direction === 'in' ? mail.correspondent : ownersStyle
    const text = quoted === undefined ? own : `${own}\n\n${quote(quoted, style)}`
    const html = mail.html ?? (style.client === 'gmail' ? htmlTwin(own, quoted, style) : undefined)
    const options: MailComposerOptions = {
      from: address(sender),
      to: (mail.to ?? [recipient]).map(address),
      subject: line,
      date: String(mail.sentAt.toRFC2822()),
      messageId: messageId(id, mail),
      headers: { ...mail.headers },
      encoding: 'quoted-printable',
      ...(mail.cc && { cc: mail.cc.map(address) }),
      ...(mail.replyTo !== undefined && { replyTo: mail.replyTo }),
      ...(ids.length > 0 && { inReplyTo: ids.at(-1), references: [...ids] }),
      ...(mail.htmlOnly ? {} : { text }),
      ...(html !== undefined && { html }),
      ...(mail.invitation !== undefined && { icalEvent: { method: 'REQUEST', content: mail.invitation } }),
      ...(mail.parts && { attachments: mail.parts.map((part) => ({ filename: false as const, ...part })) }),
    }
    ids.push(messageId(id, mail))
    last = { sender, recipient, subject: line, sentAt: mail.sentAt, text }
    const trace = mail.direction === 'in' ? arrival(owner.email, mail, id) : []
    return {
      key: mailKey,
      direction: mail.direction,
      raw: compose(options, { trace, rootType: mail.rootType, boundary: id.slice(0, 24) }),
      receivedAt: mail.sentAt.toJSDate(),
      labels: mail.labels ?? defaultLabels(mail),
      expected: mail.expected,
    }
  })
}

const ownersStyle = { client: 'gmail', language: 'en' } as const

function ends(owner: World['owner'], { direction, correspondent }: Mail) {
  return direction === 'in' ? { sender: correspondent, recipient: owner } : { sender: owner, recipient: correspondent }
}

function address({ name, email }: { name: string; email: string }) {
  return { name, address: email }
}

function replyPrefix({ direction, correspondent: { client, language } }: Mail): string {
  return direction === 'in' && language === 'de' && client !== 'gmail' ? 'AW:' : 'Re:'
}

function messageId(id: string, { direction, correspondent }: Mail): string {
  const domain = direction === 'out' ? 'mail.gmail.com' : correspondent.email.split('@')[1]
  return direction === 'out' ? `<CA+${id.slice(0, 40)}@${domain}>` : `<${id.slice(0, 32)}@${domain}>`
}

function arrival(ownerEmail: string, mail: Mail, id: string): string[] {
  const { email } = mail.correspondent
  const { returnPath = email, dmarc = 'pass' } = mail
  return deliveryTrace({ to: ownerEmail, from: email, returnPath, receivedAt: mail.sentAt, id, dmarc })
}

function defaultLabels({ direction, expected }: Mail): string[] {
  if (direction === 'out') return ['SENT']
  return expected.needsReply ? ['INBOX', 'UNREAD', 'IMPORTANT', 'CATEGORY_PERSONAL'] : ['INBOX', 'CATEGORY_PERSONAL']
}
