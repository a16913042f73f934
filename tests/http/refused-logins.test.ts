import { expect, test } from 'vitest'
import { password, startTestServer, type TestServer } from './test-server.ts'

interface Refusal {
  readonly level: number
  readonly clientAddress: string
  readonly account: string
  readonly reason: string
  readonly requestId: string
}

/** What the log says of refused log-ins, in order. */
function refusals(server: TestServer): Refusal[] {
  return server.lines.filter((line) => line.includes('a log-in was refused')).map((line) => JSON.parse(line) as Refusal)
}

const login = (server: TestServer, email: string, word: string) =>
  server.call('auth.login', { email, password: word }, { headers: { 'x-forwarded-for': '203.0.113.7' } })

test('a refused log-in is told with its address, its reason and a name for the account that only the key tells', async () => {
  await using server = await startTestServer({ TRUST_PROXY: '1' })
  const { user } = await server.newUser('Ada.Canary@example.com')
  const wrong = await login(server, user.email, 'canary of a password')
  const unknown = await login(server, 'nobody.canary@example.com', 'canary of a password')
  await login(server, 'ADA.CANARY@example.com', 'canary of a password')
  expect((await login(server, user.email, password)).status).toBe(200)

  const [first, second, third, ...more] = refusals(server)
  expect(more).toEqual([])
  expect(first).toMatchObject({ clientAddress: '203.0.113.7', reason: 'wrong-password' })
  expect(second).toMatchObject({ clientAddress: '203.0.113.7', reason: 'unknown-account' })
  expect(third).toMatchObject({ reason: 'wrong-password', account: first?.account })
  expect(first?.account).toMatch(/^[\w-]{16}$/)
  expect(second?.account).not.toBe(first?.account)
  expect(first?.requestId).toBe(wrong.headers.get('x-request-id'))
  // Seen in production too, whose log begins with info.
  expect(first?.level).toBeGreaterThanOrEqual(30)
  expect(server.lines.join('')).not.toMatch(/canary/i)
  const { requestId: _mine, ...told } = wrong.body.error.data
  const { requestId: _theirs, ...toldOfUnknown } = unknown.body.error.data
  expect({ ...told, message: wrong.body.error.message }).toEqual({
    ...toldOfUnknown,
    message: unknown.body.error.message,
  })

  await using other = await startTestServer({ JWT_SECRET_KEY: 'another secret of the tests, as long as that one' })
  await login(other, user.email, 'canary of a password')
  expect(refusals(other)[0]?.account).not.toBe(first?.account)
})

test('a log-in beyond the limit is told as limited', async () => {
  await using server = await startTestServer()
  for (let tries = 0; tries < 11; tries++) await login(server, 'nobody@example.com', 'a guess')
  expect(refusals(server).map(({ reason }) => reason)).toEqual([...Array(10).fill('unknown-account'), 'limited'])
})
