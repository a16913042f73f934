import addressparser from 'nodemailer/lib/addressparser'
import type { Account } from '../state.ts'
import { addMessage, threadMessages } from './mailbox.ts'
import { headerOf, type MimePart, parseMime } from './mime.ts'
import type { Mailbox, Message } from './model.ts'
import { threadOnArrival } from './threading.ts'

/** Puts a mail into a mailbox as Gmail does on arrival. */
export function deliverMail(
  { mailbox, email }: Account,
  raw: Buffer,
  {
    labels = ['INBOX', 'UNREAD'],
    receivedAt,
    id,
  }: { labels?: string[] | undefined; receivedAt?: Date | undefined; id?: string | undefined } = {},
): Message {
  const root = parseMime(raw)
  const dated = Date.parse(headerOf(root, 'Date') ?? '')
  const internalDate = receivedAt?.getTime() ?? (Number.isNaN(dated) ? Date.now() : dated)
  const threadId = threadOnArrival(mailbox, root)
  const skipsInbox =
    threadId !== undefined && mailbox.muted.has(threadId) && !isForOwner(mailbox, email, threadId, root)
  const labelIds = skipsInbox ? labels.filter((label) => label !== 'INBOX') : labels
  return addMessage(mailbox, { raw, labelIds, internalDate, ...(threadId && { threadId }), ...(id && { id }) })
}

/** What comes to the inbox of a muted thread all the same: mail to its owner alone, or the first that names them. */
function isForOwner(mailbox: Mailbox, email: string, threadId: string, root: MimePart): boolean {
  const named = namedIn(root)
  const isNew = !threadMessages(mailbox, threadId).some((earlier) => namedIn(earlier.root).includes(email))
  return named.includes(email) && (isNew || named.length === 1)
}

function namedIn(root: MimePart): string[] {
  const lines = ['To', 'Cc'].map((name) => headerOf(root, name) ?? '')
  return lines.flatMap((line) => addressparser(line, { flatten: true })).map(({ address }) => address.toLowerCase())
}

/** Hands sent mail to another account of the sandbox, with the trace headers Gmail puts on top. */
export function passOn(raw: Buffer, from: string, recipient: Account): void {
  const domain = from.split('@')[1] ?? from
  const trace = [
    `Delivered-To: ${recipient.email}`,
    `Received: by 2002:a05:6402:0:0:0:0:1 with SMTP id sandbox; ${new Date().toUTCString()}`,
    `Return-Path: <${from}>`,
    'Authentication-Results: mx.google.com;',
    `       dkim=pass header.i=@${domain};`,
    `       spf=pass (google.com: domain of ${from} designates 127.0.0.1 as permitted sender) smtp.mailfrom=${from};`,
    `       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=${domain}`,
  ]
  deliverMail(recipient, Buffer.concat([Buffer.from(`${trace.join('\r\n')}\r\n`), raw]), { receivedAt: new Date() })
}
