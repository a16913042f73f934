import { randomUUID } from 'node:crypto'

/** A mail on its way to a tenant. */
export interface Letter {
  /** The mailbox it goes to. */
  readonly recipient: string
  /** As it stands in the header: a list keeps its own address there. */
  readonly to?: string
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly messageId: string
  readonly inReplyTo?: string
  /** Empty for a delivery notice; else the sender's address. */
  readonly returnPath?: ''
  readonly headers?: readonly string[]
}

/** What a tenant's mailbox sent, as its reader sees it. */
export interface Received {
  readonly sender: string
  readonly recipient: string
  readonly subject: string
  readonly messageId: string
}

export function newMessageId(domain: string): string {
  return `<${randomUUID()}@${domain}>`
}

/** The bare address of `Ada <ada@engine.example>`. */
export function addressOf(person: string): string {
  return /<([^>]+)>/.exec(person)?.[1] ?? person
}

export function domainOf(person: string): string {
  return addressOf(person).split('@')[1] ?? ''
}

/** The bytes as Gmail files them on arrival: its own trace headers on top, then what the sender wrote. */
export function write(letter: Letter): string {
  const { recipient, to = recipient, from, subject, text, messageId, inReplyTo, returnPath, headers = [] } = letter
  const domain = domainOf(from)
  return [
    `Delivered-To: ${recipient}`,
    `Received: by 2002:a05:6402:0:0:0:0:1 with SMTP id storm; ${new Date().toUTCString()}`,
    `Return-Path: <${returnPath ?? addressOf(from)}>`,
    `Authentication-Results: mx.google.com; dkim=pass header.i=@${domain};`,
    `       spf=pass smtp.mailfrom=${addressOf(from)}; dmarc=pass (p=NONE) header.from=${domain}`,
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString()}`,
    `Message-ID: ${messageId}`,
    ...(inReplyTo ? [`In-Reply-To: ${inReplyTo}`, `References: ${inReplyTo}`] : []),
    ...headers,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
  ].join('\r\n')
}
