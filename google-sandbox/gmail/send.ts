import { randomBytes } from 'node:crypto'
import addressparser from 'nodemailer/lib/addressparser'
import { invalid } from '../errors.ts'
import type { Account, SandboxState } from '../state.ts'
import { passOn } from './delivery.ts'
import { dropHeader, hasHeader, setHeader } from './header-edit.ts'
import { addMessage } from './mailbox.ts'
import { headerOf, parseMime, type MimePart } from './mime.ts'
import type { Message } from './model.ts'

/** Sends a mail: completes its headers, files it under SENT and delivers it to the accounts of the sandbox. */
export function sendMail(
  sandbox: SandboxState,
  account: Account,
  { raw, threadId }: { raw: Buffer; threadId?: string | undefined },
): Message {
  const recipients = recipientsOf(parseMime(raw))
  if (recipients.size === 0) throw invalid('Recipient address required')

  const sent = completeHeaders(sandbox, account, raw)
  const now = Date.now()
  const labelIds = recipients.has(account.email) ? ['SENT', 'INBOX', 'UNREAD'] : ['SENT']
  const message = addMessage(account.mailbox, {
    raw: sent,
    labelIds,
    internalDate: now,
    sentAt: now,
    ...(threadId && { threadId }),
  })
  for (const email of recipients) {
    const recipient = sandbox.accounts.get(email)
    if (recipient && recipient !== account) passOn(sent, account.email, recipient)
  }
  return message
}

function recipientsOf(root: MimePart): Set<string> {
  const lines = ['To', 'Cc', 'Bcc'].map((name) => headerOf(root, name) ?? '').filter(Boolean)
  const addresses = lines.flatMap((line) => addressparser(line, { flatten: true }))
  return new Set(addresses.map(({ address }) => address.toLowerCase()).filter((address) => address.includes('@')))
}

function completeHeaders(
  { rewriteMessageId, dropHeaders }: SandboxState,
  { email, name }: Account,
  raw: Buffer,
): Buffer {
  const from = headerOf(parseMime(raw), 'From') ?? ''
  const isOwn = addressparser(from, { flatten: true })[0]?.address.toLowerCase() === email
  let mail = ['Bcc', ...dropHeaders].reduce((mail, name) => dropHeader(mail, name), raw.toString('latin1'))
  // Like Gmail, nobody sends under an address that is not their own.
  if (!isOwn) mail = setHeader(mail, 'From', `${displayName(name)} <${email}>`)
  if (!hasHeader(mail, 'Date')) mail = setHeader(mail, 'Date', new Date().toUTCString().replace('GMT', '+0000'))
  if (!hasHeader(mail, 'Message-ID') || rewriteMessageId) {
    mail = setHeader(mail, 'Message-ID', `<CA+${randomBytes(24).toString('base64url')}@mail.gmail.com>`)
  }
  return Buffer.from(mail, 'latin1')
}

function displayName(name: string): string {
  const isAscii = /^[\x20-\x7e]*$/.test(name)
  return isAscii ? JSON.stringify(name) : `=?UTF-8?B?${Buffer.from(name).toString('base64')}?=`
}
