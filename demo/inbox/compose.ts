import MailComposer, { type MailComposerOptions } from 'nodemailer/lib/mail-composer/index.js'
import { encode as encodeBase64, wrap as wrapBase64 } from 'nodemailer/lib/base64/index.js'
import type MimeNode from 'nodemailer/lib/mime-node/index.js'
import { encode as encodeQuotedPrintable, wrap as wrapQuotedPrintable } from 'nodemailer/lib/qp/index.js'

/** What a mail server adds above the mail, and what MailComposer has no option for. */
export interface Envelope {
  readonly trace: readonly string[]
  readonly rootType: string | undefined
  /** Keeps the multipart boundaries equal from run to run. */
  readonly boundary: string
}

/** The RFC 822 bytes of a mail, at once: MailComposer makes the tree, its own writer would only answer later. */
export function compose(options: MailComposerOptions, { trace, rootType, boundary }: Envelope): Buffer {
  const root = new MailComposer({
    ...options,
    baseBoundary: boundary,
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile()
  if (rootType !== undefined) root.setHeader('Content-Type', rootType)
  return Buffer.from([...trace, write(root)].join('\r\n').replace(/(?<!\r\n)$/, '\r\n'), 'utf8')
}

function write(node: MimeNode): string {
  const headers = `${node.buildHeaders()}\r\n\r\n`
  if (!node.multipart) return `${headers}${writeContent(node)}`
  const children = node.childNodes.map((child) => `--${String(node.boundary)}\r\n${write(child)}\r\n`)
  return `${headers}${children.join('')}--${String(node.boundary)}--\r\n`
}

function writeContent(node: MimeNode): string {
  const { content } = node
  if (typeof content !== 'string' && !Buffer.isBuffer(content))
    throw new Error('A seeded mail holds text or bytes only')
  if (node.getTransferEncoding() === 'base64') return wrapBase64(encodeBase64(content), 76)
  const text = content.toString().replaceAll(/\r?\n/g, '\r\n')
  return node.getTransferEncoding() === 'quoted-printable' ? wrapQuotedPrintable(encodeQuotedPrintable(text), 76) : text
}
