import type { Account } from '../state.ts'
import { addMessage } from './mailbox.ts'
import { headerOf, parseMime } from './mime.ts'
import type { Message } from './model.ts'
import { threadOnArrival } from './threading.ts'

/** Puts a mail into a mailbox as Gmail does on arrival. */
export function deliverMail(
  { mailbox }: Account,
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
  return addMessage(mailbox, { raw, labelIds: labels, internalDate, ...(threadId && { threadId }), ...(id && { id }) })
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
