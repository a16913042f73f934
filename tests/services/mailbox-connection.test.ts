import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GoogleBrowser, openGoogleBrowser } from '../support/google-browser.ts'
import type { SignedIn } from '../http/test-server.ts'

let browser: GoogleBrowser
let server: GoogleBrowser['server']
let google: GoogleBrowser['google']
beforeAll(async () => {
  browser = await openGoogleBrowser()
  ;({ server, google } = browser)
})
afterAll(() => browser[Symbol.asyncDispose]())

/** The person asks for the consent page: what the browser then holds. */
function begin(user: SignedIn, returnTo?: string) {
  return browser.begin({ purpose: 'connect', ...(returnTo === undefined ? {} : { returnTo }) }, user.accessToken)
}

function comeBack(query: Record<string, string>, cookie?: string) {
  return browser.redirect(query, cookie)
}

async function connect(user: SignedIn, grant: Parameters<typeof google.consent>[1] = {}) {
  const { state, cookie } = await begin(user)
  const { headers } = await comeBack({ state, code: google.consent(state, grant) }, cookie)
  return new URL(headers.get('location') ?? '').searchParams
}

function mailboxesOf(user: SignedIn) {
  return server.db.selectFrom('mailboxes').where('userId', '=', user.user.id).selectAll().execute()
}

test('a consent ends in a connected mailbox with sealed tokens and its first sync enqueued', async () => {
  const alice = await server.newUser()
  const { state, cookie } = await begin(alice, '/settings?tab=mail')
  const code = google.consent(state, { address: 'alice@gmail.example', subject: 'sub-alice' })
  const back = await comeBack({ state, code, scope: 'whatever' }, cookie)

  const [mailbox] = await mailboxesOf(alice)
  expect(back.status).toBe(303)
  expect(back.headers.get('location')).toBe(`http://localhost:3000/settings?tab=mail&connected=${mailbox?.id}`)
  expect(back.headers.get('referrer-policy')).toBe('no-referrer')
  expect(mailbox).toMatchObject({ address: 'alice@gmail.example', status: 'active', googleSubject: 'sub-alice' })
  const row = { userId: alice.user.id, table: 'mailboxes', rowId: mailbox!.id }
  expect(server.ctx.sealer.open(mailbox!.refreshToken!, { ...row, column: 'refresh_token' })).toBe(`refresh-${code}`)
  expect(server.ctx.sealer.open(mailbox!.accessToken!, { ...row, column: 'access_token' })).toBe(`access-${code}`)
  expect(mailbox!.refreshToken!.toString('latin1')).not.toContain(code)
  expect(await server.enqueued()).toContainEqual({
    name: 'sync-mailbox',
    payload: { userId: alice.user.id, mailboxId: mailbox?.id },
  })
})

test('connecting the same Google account again renews the one mailbox and keeps its cursor', async () => {
  const alice = await server.newUser()
  const subject = randomUUID()
  const first = await connect(alice, { subject })
  await server.db
    .updateTable('mailboxes')
    .set({ status: 'needs_reauth', lastError: 'GRANT_DEAD', historyId: '4711' })
    .where('userId', '=', alice.user.id)
    .execute()
  const second = await connect(alice, { subject, accessToken: 'new-access' })
  expect(second.get('connected')).toBe(first.get('connected'))
  const mailboxes = await mailboxesOf(alice)
  expect(mailboxes).toHaveLength(1)
  expect(mailboxes[0]).toMatchObject({ status: 'active', lastError: null, historyId: '4711' })
})

test('a mailbox linked to one user is refused to another, whatever address Google shows', async () => {
  const [alice, bob] = [await server.newUser(), await server.newUser()]
  const subject = randomUUID()
  await connect(alice, { subject })
  const refused = await connect(bob, { subject, address: bob.user.email })
  expect(refused.get('error')).toBe('MAILBOX_TAKEN')
  expect(await mailboxesOf(bob)).toHaveLength(0)
  expect(await mailboxesOf(alice)).toHaveLength(1)
})

test('two consents for one account at once leave one mailbox whose tokens open', async () => {
  const alice = await server.newUser()
  const subject = randomUUID()
  const results = await Promise.all([connect(alice, { subject }), connect(alice, { subject })])
  expect(new Set(results.map((result) => result.get('connected'))).size).toBe(1)
  const [mailbox, ...others] = await mailboxesOf(alice)
  expect(others).toHaveLength(0)
  const row = { userId: alice.user.id, table: 'mailboxes', column: 'access_token', rowId: mailbox!.id }
  expect(server.ctx.sealer.open(mailbox!.accessToken!, row)).toMatch(/^access-/)
})

const states: Record<string, (begun: { state: string; cookie: string }) => [Record<string, string>, string?]> = {
  'without state': ({ cookie }) => [{}, cookie],
  'with an unknown state': ({ cookie }) => [{ state: randomUUID() }, cookie],
  'without the cookie of the browser': ({ state }) => [{ state }],
  'with the cookie of another browser': ({ state }) => [
    { state },
    'reasonflow_browser=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ],
  'with an empty cookie': ({ state }) => [{ state }, 'reasonflow_browser='],
  'with a state of NUL bytes': ({ cookie }) => [{ state: '\0\0\0' }, cookie],
}
test.each(Object.entries(states))(
  'a redirect %s links nothing and does not spend the true state',
  async (_, tamper) => {
    const alice = await server.newUser()
    const begun = await begin(alice)
    const [query, cookie] = tamper(begun)
    const code = google.consent(begun.state)
    const back = await comeBack({ ...query, code }, cookie)
    expect(back.headers.get('location')).toBe('http://localhost:3000/?error=STATE_INVALID')
    expect(await mailboxesOf(alice)).toHaveLength(0)

    const honest = await comeBack({ state: begun.state, code: google.consent(begun.state) }, begun.cookie)
    expect(honest.headers.get('location')).toContain('connected=')
  },
)

test('a state works once', async () => {
  const alice = await server.newUser()
  const { state, cookie } = await begin(alice)
  await comeBack({ state, code: google.consent(state) }, cookie)
  const replay = await comeBack({ state, code: google.consent(state) }, cookie)
  expect(replay.headers.get('location')).toContain('error=STATE_INVALID')
  expect(await mailboxesOf(alice)).toHaveLength(1)
})

test('a state used a hundred times at once links once', async () => {
  const alice = await server.newUser()
  const { state, cookie } = await begin(alice)
  const backs = await Promise.all(
    Array.from({ length: 100 }, () => comeBack({ state, code: google.consent(state) }, cookie)),
  )
  expect(backs.filter((back) => back.headers.get('location')?.includes('connected='))).toHaveLength(1)
})

test('a state older than ten minutes is refused', async () => {
  const alice = await server.newUser()
  const { state, cookie } = await begin(alice)
  server.clock.advance(601_000)
  const back = await comeBack({ state, code: google.consent(state) }, cookie)
  expect(back.headers.get('location')).toContain('error=STATE_INVALID')
})

test('a consent begun in a session that has ended links nothing', async () => {
  const alice = await server.newUser()
  const { state, cookie } = await begin(alice)
  await server.call('auth.logout', undefined, { token: alice.accessToken })
  const back = await comeBack({ state, code: google.consent(state) }, cookie)
  expect(back.headers.get('location')).toContain('error=SESSION_ENDED')
  expect(await mailboxesOf(alice)).toHaveLength(0)
})

test("P4: a stranger's code with the victim's state and cookie is refused: PKCE and nonce are of another beginning", async () => {
  const [alice, mallory] = [await server.newUser(), await server.newUser()]
  const [victim, attacker] = [await begin(alice), await begin(mallory)]
  const code = google.consent(attacker.state)
  const back = await comeBack({ state: victim.state, code }, victim.cookie)
  expect(back.headers.get('location')).toContain('error=EXCHANGE_FAILED')
  expect(await mailboxesOf(alice)).toHaveLength(0)
})

test("an attacker's state in the victim's browser links to nobody", async () => {
  const [alice, mallory] = [await server.newUser(), await server.newUser()]
  const [victim, attacker] = [await begin(alice), await begin(mallory)]
  const back = await comeBack({ state: attacker.state, code: google.consent(attacker.state) }, victim.cookie)
  expect(back.headers.get('location')).toContain('error=STATE_INVALID')
  expect(await mailboxesOf(mallory)).toHaveLength(0)
})

test.each([
  ['access_denied', 'CONSENT_DENIED'],
  ['server_error', 'EXCHANGE_FAILED'],
  ['<script>', 'EXCHANGE_FAILED'],
])('the answer error=%s of Google becomes %s and nothing else of it is passed on', async (error, expected) => {
  const alice = await server.newUser()
  const { state, cookie } = await begin(alice)
  const back = await comeBack({ state, error }, cookie)
  expect(back.headers.get('location')).toBe(`http://localhost:3000/?error=${expected}`)
})

test.each([
  ['only reading was granted', { scopes: ['https://www.googleapis.com/auth/gmail.readonly'] }, 'SCOPE_MISSING'],
  ['nothing was granted', { scopes: [] }, 'SCOPE_MISSING'],
  ['the address is not verified', { addressVerified: false }, 'ADDRESS_UNVERIFIED'],
  ['no refresh token came', { refreshToken: null }, 'EXCHANGE_FAILED'],
])('no mailbox is linked when %s', async (_, grant, error) => {
  const alice = await server.newUser()
  expect((await connect(alice, grant)).get('error')).toBe(error)
  expect(await mailboxesOf(alice)).toHaveLength(0)
})

test('declining the calendar connects the mailbox all the same, and me says what is missing', async () => {
  const alice = await server.newUser()
  const missing = async () =>
    (await server.ask('auth.me', undefined, { token: alice.accessToken })).body.result.data.missing as string[]
  expect(await missing()).toEqual(['GEMINI_KEY', 'MAILBOX'])
  await connect(alice, { scopes: ['https://www.googleapis.com/auth/gmail.modify'] })
  expect(await missing()).toEqual(['GEMINI_KEY', 'CALENDAR_SCOPE'])
})

const strange = [
  '/.//evil.example',
  '/%2F/evil.example',
  '/%2fevil.example',
  '/../evil',
  '/a//b',
  '/@evil',
  '/a?x=//evil',
  '/#x',
  '/a\n',
]

test.each([...strange, '//evil.example', '/\\evil.example', '/\t/evil.example', '/a\\b', '/\0', '/with space', '/ä'])(
  'the page %j after the consent is refused',
  async (returnTo) => {
    const alice = await server.newUser()
    const input = { purpose: 'connect', returnTo }
    const { status, body } = await server.call('mailboxes.authorizeUrl', input, { token: alice.accessToken })
    expect(status).toBe(400)
    expect(body.error.data.reason).toBe('VALIDATION_FAILED')
  },
)

test.each(['/', '/settings', '/settings/mailboxes/', '/inbox?tab=drafts&page=2'])(
  'the page %j of the frontend may be come back to',
  async (returnTo) => {
    const alice = await server.newUser()
    const input = { purpose: 'connect', returnTo }
    expect((await server.call('mailboxes.authorizeUrl', input, { token: alice.accessToken })).status).toBe(200)
  },
)

test('no code, state or token reaches the log', () => {
  const log = server.lines.join('')
  expect(log).toContain('/api/v1/auth/gmail/callback')
  expect(log).not.toMatch(/state=|code=|access-|refresh-|Bearer/)
})
