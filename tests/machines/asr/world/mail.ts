import type { MailToWrite } from '../../../support/mail.ts'
import type { TestApp, TestOwner } from '../../../support/app.ts'

/** A mail with something attached to it arrives. */
export async function deliverAttached(
  app: TestApp,
  owner: TestOwner,
  {
    from,
    subject,
    text,
    fileName,
    at,
  }: Required<Pick<MailToWrite, 'from' | 'subject' | 'text' | 'at'>> & {
    fileName: string
  },
): Promise<void> {
  const lines = [
    `From: ${from}`,
    `To: ${owner.email}`,
    `Subject: ${subject}`,
    `Date: ${at.toUTCString()}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="the-parts"',
    '',
    '--the-parts',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '--the-parts',
    'Content-Type: application/octet-stream',
    `Content-Disposition: attachment; filename="${fileName}"`,
    '',
    'bytes',
    '--the-parts--',
  ]
  const raw = lines.join('\r\n')
  await app.google.deliver(owner.email, raw, { labels: ['INBOX', 'UNREAD'], receivedAt: at })
}
