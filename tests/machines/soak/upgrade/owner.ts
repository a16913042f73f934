import { randomBytes } from 'node:crypto'
import type { SandboxGoogle } from '../../../../google-sandbox/sandbox.ts'
import { callServer } from '../../../../server/scripts/connect-api.ts'
import { AuthorizeUrl, Tokens } from '../../../../shared-types/index.ts'
import { isSentByUs } from '../../../support/connected-inbox.ts'
import { httpClient } from '../../../support/http-client.ts'

export interface Owner {
  readonly email: string
  readonly mailboxId: string
  /** The API at whichever server, with this owner's token. */
  at(url: string): ReturnType<typeof httpClient>
  /** What really left the mailbox through the product. */
  sent(): ReturnType<SandboxGoogle['messages']>
}

/** Registered, connected and imported over HTTP alone: the server may be of another release than this code. */
export async function newOwner(google: SandboxGoogle, url: string): Promise<Owner> {
  const email = `owner.${randomBytes(5).toString('hex')}@studio.example`
  await google.addAccount({ email, name: 'Mara Lindqvist' })
  const account = { email, password: randomBytes(12).toString('hex'), tokenTransport: 'body' }
  const { accessToken } = (await callServer(url, 'auth.register', { answer: Tokens, input: account })).data
  const asked = { answer: AuthorizeUrl, input: { purpose: 'connect' }, accessToken }
  const { data, cookies } = await callServer(url, 'mailboxes.authorizeUrl', asked)
  const { search } = await google.consent(data.url, { email })
  const answered = await fetch(`${url}/api/v1/auth/gmail/callback${search}`, {
    redirect: 'manual',
    headers: { cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') },
  })
  const page = new URL(answered.headers.get('location') ?? url)
  const mailboxId = page.searchParams.get('connected')
  if (!mailboxId) throw new Error(`not connected: ${page.href}`)
  const at = (url: string) => httpClient({ url: () => Promise.resolve(url) }, { accessToken })
  const api = await at(url)
  // Approved replies are due at once.
  await api.settings.update.mutate({ undoWindowSeconds: 0, syncFrequencyMinutes: 1 })
  return { email, mailboxId, at, sent: async () => (await google.messages(email)).filter(isSentByUs) }
}
