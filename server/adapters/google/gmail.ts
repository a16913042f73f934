import { gmail } from 'googleapis/build/src/apis/gmail/index.js'
import type { GoogleConfig } from '../../config.ts'
import type { AccessTokens, Mailbox, MailboxWatch, MailSender } from '../../ports.ts'
import { createGmailMailbox } from './gmail-mailbox.ts'
import { createGmailSender } from './gmail-sender.ts'
import { createGmailWatch } from './gmail-watch.ts'
import { createGoogleClient, type GoogleClientOptions } from './client.ts'

/** Gmail API v1 (developers.google.com/workspace/gmail/api/reference/rest). */
export function createGmail(
  { apiBaseUrl }: Pick<GoogleConfig, 'apiBaseUrl'>,
  tokens: AccessTokens,
  options: GoogleClientOptions = {},
): { mailbox: Mailbox; mailSender: MailSender; mailboxWatch: MailboxWatch } {
  const api = gmail({ version: 'v1', retry: false, ...(apiBaseUrl && { rootUrl: apiBaseUrl }) })
  const client = createGoogleClient('gmail', tokens, options)
  const { quota: _ofMailboxes, ...unmetered } = options
  const clientWith = (token: string) => createGoogleClient('gmail', { get: () => Promise.resolve(token) }, unmetered)
  return {
    mailbox: createGmailMailbox(api.users, client),
    mailSender: createGmailSender(api.users, client),
    mailboxWatch: createGmailWatch(api.users, client, clientWith),
  }
}
