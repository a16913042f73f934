import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { AuthorizeUrl, Done, type Mailbox, MailboxList } from '../../shared-types/index.ts'
import { type Config, readConfig } from '../config.ts'
import { StartError } from '../errors.ts'
import { ApiRefusal, callServer } from './connect-api.ts'
import { signIn } from './connect-sign-in.ts'
import { readArguments, runScript } from './run-script.ts'

const patienceMs = 5 * 60_000
const pollMs = 1_000

// Connects a Gmail account to the server on this machine, for whom has no frontend yet.
await runScript(async () => {
  const options = readOptions()
  const config = readConfig()
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  try {
    await connect(`http://localhost:${config.port}`, hostOfReturn(config), { ...options, stop })
  } catch (error) {
    if (!stop.signal.aborted) throw error
    console.log('\nStopped: no mailbox was connected.')
    process.exitCode = 130
  }
})

function readOptions() {
  return readArguments('npm run connect [-- --email me@example.com] [--register]', {
    options: { email: { type: 'string' }, register: { type: 'boolean', default: false } },
  }).values
}

/** Cookies know hosts, not ports: the page must have the host that Google returns to. */
function hostOfReturn({ google, port }: Config): string {
  if (!google) return 'localhost'
  const { hostname, origin } = new URL(google.redirectUri)
  if (origin === `http://localhost:${port}` || origin === `http://127.0.0.1:${port}`) return hostname
  throw new StartError(
    `Google would return to ${google.redirectUri}, where this server is not. ` +
      `Set GMAIL_REDIRECT_URI=${redirectUriAt(`http://localhost:${port}`)} in .env, ` +
      'register it at Google, and start the server again.',
  )
}

async function connect(
  url: string,
  host: string,
  options: { email?: string; register: boolean; stop: AbortController },
) {
  const { signal } = options.stop
  const accessToken = await signIn(url, { ...options, email: options.email })
  try {
    const known = await activeMailboxes()
    const { data, cookies } = await callServer(url, 'mailboxes.authorizeUrl', {
      answer: AuthorizeUrl,
      input: { purpose: 'connect' },
      accessToken,
      signal,
    }).catch((error: unknown) => {
      throw error instanceof ApiRefusal && error.reason === 'GMAIL_NOT_CONFIGURED' ? notConfigured(url) : error
    })
    await using page = await servePage(data.url, cookies)
    console.log(`Open http://${host}:${page.port}/ in your browser`)
    const mailbox = await waitForNew(new Set(known.map(({ id }) => id)))
    console.log(`${mailbox.address} is connected. The page in the browser may be closed.`)
  } finally {
    await callServer(url, 'auth.logout', { answer: Done, input: {}, accessToken }).catch(() => {})
  }

  async function activeMailboxes(): Promise<Mailbox[]> {
    const { data } = await callServer(url, 'mailboxes.list', { answer: MailboxList, accessToken, signal })
    return data.items.filter(({ status }) => status === 'active')
  }

  async function waitForNew(known: ReadonlySet<string>): Promise<Mailbox> {
    for (const end = Date.now() + patienceMs; Date.now() < end; await setTimeout(pollMs, undefined, { signal })) {
      const mailbox = (await activeMailboxes()).find(({ id }) => !known.has(id))
      if (mailbox) return mailbox
    }
    throw new StartError(
      'No other mailbox was connected within 5 minutes. The address in the browser says why: error=..., ' +
        'or connected=... when the mailbox was connected before.',
    )
  }
}

/** Hands the browser the cookie that ties the consent to it, and sends it on to Google. */
async function servePage(consentUrl: string, cookies: string[]) {
  const server = createServer((request, response) => {
    const isPage = request.method === 'GET' && request.url === '/'
    const headers = { Location: consentUrl, 'Set-Cookie': cookies, 'Cache-Control': 'no-store' }
    response.writeHead(isPage ? 302 : 404, isPage ? headers : {}).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function notConfigured(url: string): StartError {
  return new StartError(
    'The server has no Gmail client yet. At https://console.cloud.google.com/auth/clients make an OAuth client of the ' +
      `type "Web application" with the redirect URI ${redirectUriAt(url)}, put it into .env as GMAIL_CLIENT_ID, ` +
      `GMAIL_CLIENT_SECRET and GMAIL_REDIRECT_URI=${redirectUriAt(url)}, and start the server again.`,
  )
}

function redirectUriAt(url: string): string {
  return `${url}/api/v1/auth/gmail/callback`
}
