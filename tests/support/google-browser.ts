import { randomUUID } from 'node:crypto'
import type { GoogleGrant } from '../../server/ports.ts'
import { answer, password, type SignedIn, startTestServer } from '../http/test-server.ts'
import { fakeGoogleAuth } from './fake-google-auth.ts'

export interface Person {
  subject: string
  address: string
}

export function newPerson(): Person {
  return { subject: randomUUID(), address: `${randomUUID()}@gmail.example` }
}

export type GoogleBrowser = Awaited<ReturnType<typeof openGoogleBrowser>>

/** A server, people with Google accounts, and the browser in which they consent. */
export async function openGoogleBrowser(environment: Record<string, string> = {}) {
  const mails: { to: string; text: string }[] = []
  const google = fakeGoogleAuth(() => server.clock.now())
  const mailer = { send: async (mail: { to: string; text: string }) => void mails.push(mail) }
  const server = await startTestServer(environment, { googleAuth: google, mailer })

  async function begin(input: Record<string, unknown>, token?: string) {
    const { status, body, cookies } = await server.call('mailboxes.authorizeUrl', input, token ? { token } : {})
    if (status !== 200) throw new Error(body.error.data.reason as string)
    const state = new URL(body.result.data.url as string).searchParams.get('state') ?? ''
    return { state, cookie: cookies[0]?.split(';')[0] ?? '' }
  }

  /** Google sends the browser back. */
  function redirect(query: Record<string, string>, cookie?: string) {
    const headers = cookie === undefined ? {} : { cookie }
    const url = `${server.url}/api/v1/auth/gmail/callback?${new URLSearchParams(query).toString()}`
    return answer(url, { headers })
  }

  /** Where that ends, and what the browser holds then. */
  async function comeBack(query: Record<string, string>, cookie?: string) {
    const back = await redirect(query, cookie)
    const cookies = back.cookies.map((line) => line.split(';')[0] ?? '')
    return {
      page: Object.fromEntries(new URL(back.headers.get('location') ?? '').searchParams),
      cookies: back.cookies,
      refresh: cookies.find((pair) => pair.startsWith('reasonflow_refresh=')),
    }
  }

  async function login(grant: Partial<GoogleGrant>) {
    const { state, cookie } = await begin({ purpose: 'login' })
    return comeBack({ state, code: google.consent(state, { refreshToken: null, ...grant }) }, cookie)
  }

  async function link(user: SignedIn, grant: Partial<GoogleGrant>) {
    const { state, cookie } = await begin({ purpose: 'link', password }, user.accessToken)
    return comeBack({ state, code: google.consent(state, { refreshToken: null, ...grant }) }, cookie)
  }

  async function connect(user: SignedIn, grant: Partial<GoogleGrant>) {
    const { state, cookie } = await begin({ purpose: 'connect' }, user.accessToken)
    return comeBack({ state, code: google.consent(state, grant) }, cookie)
  }

  /** Who is signed in with this cookie. */
  async function userOf(refresh: string | undefined): Promise<SignedIn> {
    const { body } = await server.call('auth.refresh', {}, { cookie: refresh ?? '' })
    return body.result.data as SignedIn
  }

  function usersOf(address: string) {
    return server.db.selectFrom('users').where('email', '=', address).selectAll().execute()
  }

  async function reset(address: string, newPassword: string) {
    await server.call('auth.requestPasswordReset', { email: address })
    await server.drain()
    const token = /#token=(\S+)/.exec(mails.findLast(({ to }) => to === address)?.text ?? '')?.[1]
    return server.call('auth.resetPassword', { token, password: newPassword })
  }

  return {
    server,
    google,
    begin,
    redirect,
    comeBack,
    login,
    link,
    connect,
    userOf,
    usersOf,
    reset,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
