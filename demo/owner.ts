import { randomBytes } from 'node:crypto'
import { StartError } from '../server/errors.ts'
import { type Api, openClient } from './api.ts'
import { seedCalendar, seedInbox } from './inbox/seed.ts'
import { paint, say } from './say.ts'
import type { Stage } from './stage.ts'

/** The person whose inbox is worked: a new one, with a new address, at each run. */
export interface Owner {
  readonly email: string
  readonly password: string
  readonly accessToken: string
  readonly api: Api
  readonly browse: ReturnType<typeof openClient>['browse']
}

const name = 'Mara Lindqvist'

/** Fills a sandbox mailbox and registers its owner with the settings a person would choose. */
export async function registerOwner({ url, google }: Stage): Promise<Owner> {
  const email = `mara.${Date.now().toString(36)}@lindqvist.example`
  const password = randomBytes(9).toString('base64url')
  await fillMailbox(google, email)

  const { api, browse, signIn } = openClient(url)
  const { accessToken } = await api.auth.register.mutate({ email, password, tokenTransport: 'body' })
  signIn(accessToken)
  await api.settings.update.mutate({
    timeZone: 'Europe/Berlin',
    languages: ['en', 'de', 'fr', 'es'],
    signature: `${name}\nProduct design, Berlin`,
    undoWindowSeconds: 2,
    notes: [
      { text: 'I answer briefly and warmly, and I never promise a date I have not checked.', shareable: false },
      { text: 'My studio is closed between Christmas and New Year.', shareable: true },
    ],
  })
  say(`${paint('bold', name)} signed up as ${email}`)
  return { email, password, accessToken, api, browse }
}

async function fillMailbox(google: Stage['google'], email: string): Promise<void> {
  const now = new Date()
  await google.addAccount({ email, name, timeZone: 'Europe/Berlin' })
  for (const mail of seedInbox({ name, email }, now)) {
    await google.deliver(email, mail.raw, { labels: [...mail.labels], receivedAt: mail.receivedAt })
  }
  for (const event of seedCalendar(now)) await google.addEvent(email, event)
}

/** The real OAuth code flow: our consent address, the person's yes, Google's redirect to our callback. */
export async function connectMailbox({ google }: Stage, owner: Owner): Promise<void> {
  const { url } = await owner.api.mailboxes.authorizeUrl.mutate({ purpose: 'connect' })
  const callback = await google.consent(url, { email: owner.email })
  const answer = await owner.browse(callback)
  const landed = new URL(answer.headers.get('location') ?? 'about:blank')
  if (!landed.searchParams.has('connected'))
    throw new StartError(`The mailbox could not be connected: ${landed.searchParams.get('error')}`)
  say(`Her Gmail is connected ${paint('dim', '(OAuth code flow with PKCE, sandbox Google)')}`)
}
