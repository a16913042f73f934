import { randomUUID } from 'node:crypto'

export interface MailToWrite {
  readonly direction?: 'in' | 'out'
  readonly from?: string
  readonly to?: string
  readonly cc?: string
  readonly subject?: string
  readonly text?: string
  readonly messageId?: string
  readonly inReplyTo?: string
  readonly at?: Date
  readonly labels?: string[]
  /** Raw header lines, put in front. */
  readonly headers?: readonly string[]
}

/** A plain mail as it lies in a mailbox, CRLF line ends; what a test does not name is ordinary. */
export function rawMail(owner: string, mail: MailToWrite): string {
  const isOwn = mail.direction === 'out'
  const correspondent = 'Ada Byron <ada@engine.example>'
  const from = mail.from ?? (isOwn ? `Mara Lindqvist <${owner}>` : correspondent)
  const to = mail.to ?? (isOwn ? correspondent : owner)
  const lines = [
    ...(mail.headers ?? []),
    ...(isOwn
      ? []
      : ['Authentication-Results: mx.google.com; dkim=pass; spf=pass; dmarc=pass header.from=engine.example']),
    `From: ${from}`,
    `To: ${to}`,
    ...(mail.cc ? [`Cc: ${mail.cc}`] : []),
    `Subject: ${mail.subject ?? 'A question about the difference engine'}`,
    `Date: ${(mail.at ?? new Date()).toUTCString()}`,
    `Message-ID: ${mail.messageId ?? `<${randomUUID()}@engine.example>`}`,
    ...(mail.inReplyTo ? [`In-Reply-To: ${mail.inReplyTo}`, `References: ${mail.inReplyTo}`] : []),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    mail.text ?? 'Hello Mara,\r\n\r\nmay I see two more drawings? Could you show me them by Friday?\r\n\r\nAda',
  ]
  return lines.join('\r\n')
}
