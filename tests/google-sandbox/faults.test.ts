import { expect, test } from 'vitest'
import { faultMatrix, startSandbox } from '../../google-sandbox/sandbox.ts'
import { connect, encodeMail, failureOf, mail } from './connect.ts'

const ada = 'ada@example.test'
const profile = { path: /\/profile$/ }

test('a fault hits the next matching call of its account, as often as told', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, ada)
  const bob = await connect(sandbox, 'bob@example.test')
  const match = { method: 'GET', email: ada, ...profile }
  const handle = sandbox.inject({ match, times: 2, kind: faultMatrix.userRateLimitExceeded })

  await bob.gmail.users.getProfile({ userId: 'me' })
  for (let call = 0; call < 2; call += 1) {
    const failure = await failureOf(gmail.users.getProfile({ userId: 'me' }))
    expect(failure).toMatchObject({ status: 403, reason: 'userRateLimitExceeded' })
  }
  await gmail.users.getProfile({ userId: 'me' })
  expect(handle.hits).toBe(2)
})

test('a fault ends with its scope', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, ada)
  {
    using _ = sandbox.inject({ match: profile, times: Infinity, kind: faultMatrix.unavailable })
    expect(await failureOf(gmail.users.getProfile({ userId: 'me' }))).toMatchObject({ status: 503 })
  }
  await gmail.users.getProfile({ userId: 'me' })
})

test('the answer may be lost although the mail went out', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, ada)
  const raw = encodeMail({ To: 'bob@example.test', Subject: 'Once' })
  const { data } = await gmail.users.drafts.create({ userId: 'me', requestBody: { message: { raw } } })
  sandbox.inject({ match: { path: /drafts\/send$/ }, kind: 'answer-lost' })

  const failure = await failureOf(gmail.users.drafts.send({ userId: 'me', requestBody: { id: data.id! } }))
  expect(failure).toMatchObject({ code: 'ECONNRESET' })
  expect((await sandbox.messages(ada)).map(({ labelIds }) => labelIds)).toEqual([['SENT']])
  expect(await sandbox.drafts(ada)).toEqual([])
})

test('a connection may break before anything is applied', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, ada)
  sandbox.inject({ match: { path: /messages\/send$/ }, kind: 'reset' })

  const raw = encodeMail({ To: 'bob@example.test' })
  const failure = await failureOf(gmail.users.messages.send({ userId: 'me', requestBody: { raw } }))
  expect(failure).toMatchObject({ code: 'ECONNRESET' })
  expect(await sandbox.messages(ada)).toEqual([])
})

test('a call may never be answered, and the sandbox still closes at once', async () => {
  const sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, ada)
  sandbox.inject({ match: profile, times: 2, kind: 'timeout' })

  const failure = await failureOf(gmail.users.getProfile({ userId: 'me' }, { timeout: 50 }))
  expect(failure).toMatchObject({ code: 'TimeoutError' })
  const asked = () => sandbox.journal.filter(({ path }) => path.endsWith('/profile')).length
  // On a busy machine the first call may have been given up before it arrived.
  const before = asked()
  const hanging = failureOf(gmail.users.getProfile({ userId: 'me' }))
  while (asked() === before) await new Promise(setImmediate)
  await sandbox[Symbol.asyncDispose]()
  expect(await hanging).toBeTruthy()
})

test('the JSON may be cut in half', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, ada)
  sandbox.inject({ match: profile, kind: 'truncated-json' })

  const answer = await gmail.users.getProfile({ userId: 'me' }).catch(() => undefined)
  expect(answer?.data.emailAddress).toBeUndefined()
})

test('the matrix holds 22 kinds of fault', () => {
  expect(Object.keys(faultMatrix)).toHaveLength(22)
})

const answers: [keyof typeof faultMatrix, { status: number; text?: string; retryAfter?: unknown; type?: string }][] = [
  ['unauthorized', { status: 401, text: 'authError' }],
  ['invalidGrant', { status: 400, text: '"error":"invalid_grant"' }],
  ['dailyLimitExceeded', { status: 403, text: 'dailyLimitExceeded' }],
  ['tooManyRequests', { status: 429, retryAfter: null }],
  ['retryAfterSeconds', { status: 429, retryAfter: '2' }],
  ['retryAfterDate', { status: 429, retryAfter: expect.stringMatching(/GMT$/) }],
  ['retryAfterInMessage', { status: 429, text: '  Retry after 20', retryAfter: null }],
  ['failedPrecondition', { status: 400, text: '"status":"FAILED_PRECONDITION"' }],
  ['badGateway', { status: 502, type: 'text/html; charset=UTF-8', text: '<html>' }],
]

test.each(answers)('the fault %s answers as Google does', async (name, { text = '', ...expected }) => {
  await using sandbox = await startSandbox()
  sandbox.inject({ match: profile, kind: faultMatrix[name] })

  const response = await fetch(`${sandbox.url}/gmail/v1/users/me/profile`)
  const { status, headers } = response
  const seen = { status, retryAfter: headers.get('retry-after'), type: headers.get('content-type') }
  expect(seen).toMatchObject(expected)
  expect(await response.text()).toContain(text)
})

test('the token endpoint can fail for one account', async () => {
  await using sandbox = await startSandbox()
  const { client } = await connect(sandbox, ada)
  sandbox.inject({ match: { path: /^\/token$/, email: ada }, kind: faultMatrix.invalidGrant })
  expect(await failureOf(client.refreshAccessToken())).toMatchObject({ status: 400, reason: 'invalid_grant' })
})

test('quota units and the journal follow every call, each part of a batch alone', async () => {
  await using sandbox = await startSandbox()
  const { gmail, client } = await connect(sandbox, ada)
  const { id } = await sandbox.deliver(ada, mail({ Subject: 'Counted' }))
  await gmail.users.messages.list({ userId: 'me' })
  await gmail.users.messages.get({ userId: 'me', id })
  expect(sandbox.unitsUsed(ada)).toBe(25)
  expect(sandbox.journal.at(-1)).toMatchObject({ method: 'GET', email: ada, status: 200, units: 20 })

  sandbox.inject({ match: { path: /messages\/limited$/ }, kind: faultMatrix.tooManyRequests })
  const parts = [id, 'missing', 'limited'].map(
    (name) =>
      `--b\r\nContent-Type: application/http\r\nContent-ID: <${name}>\r\n\r\nGET /gmail/v1/users/me/messages/${name}?format=minimal\r\n\r\n`,
  )
  const { data } = await client.request<string>({
    url: `${sandbox.url}/batch/gmail/v1`,
    method: 'POST',
    headers: { 'content-type': 'multipart/mixed; boundary=b' },
    data: `${parts.join('')}--b--`,
    responseType: 'text',
    retry: false,
  })
  expect(data.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 429'])
  expect(data.match(/Content-ID: .*/g)?.[0]).toContain(`<response-${id}>`)
  expect(sandbox.unitsUsed(ada)).toBe(65)
})
