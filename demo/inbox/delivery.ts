import { createHash } from 'node:crypto'

import type { DateTime } from 'luxon'

/** Letters and digits that stay the same for the same words. */
export function token(...words: readonly string[]): string {
  return createHash('sha256').update(words.join('\n')).digest('hex')
}

/** The lines Gmail writes on top of a mail it has received, newest first. */
export function deliveryTrace(mail: {
  readonly to: string
  readonly from: string
  readonly returnPath: string
  readonly receivedAt: DateTime
  readonly id: string
  readonly dmarc: 'pass' | 'fail'
}): string[] {
  const { to, from, returnPath, id, dmarc } = mail
  const at = mail.receivedAt.toUTC().toRFC2822()
  const sender = from.slice(from.indexOf('@') + 1)
  const relay = dmarc === 'pass' ? `mail.${sender}` : 'vps-2291.cheap-hosting.test'
  const ip = `192.0.2.${(Number.parseInt(id.slice(0, 4), 16) % 250) + 2}`
  return [
    `Delivered-To: ${to}`,
    `Received: by 2001:db8:4a0:${id.slice(4, 8)}:: with SMTP id ${id.slice(8, 20)}csp;`,
    `        ${at}`,
    `Authentication-Results: mx.google.com;`,
    ...(dmarc === 'pass'
      ? [
          `       dkim=pass header.i=@${sender} header.s=mail header.b=${id.slice(20, 28)};`,
          `       spf=pass (google.com: domain of ${returnPath || relay} designates ${ip} as permitted sender) smtp.mailfrom=${returnPath || `postmaster@${relay}`};`,
          `       dmarc=pass (p=QUARANTINE sp=QUARANTINE dis=NONE) header.from=${sender}`,
        ]
      : [
          `       dkim=none;`,
          `       spf=softfail (google.com: domain of transitioning ${returnPath} does not designate ${ip} as permitted sender) smtp.mailfrom=${returnPath};`,
          `       dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=${sender}`,
        ]),
    `Return-Path: <${returnPath}>`,
    `Received: from ${relay} (${relay}. [${ip}])`,
    `        by mx.google.com with ESMTPS id ${id.slice(28, 44)}`,
    `        for <${to}>;`,
    `        ${at}`,
  ]
}
