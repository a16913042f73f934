import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { countAttempt, uncountAttempt } from '../../server/security/attempt-limits.ts'
import { removeExpired } from '../../server/services/expiry.ts'
import { startTestServer, type TestServer } from '../http/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(async () => {
  await server.db.deleteFrom('rateLimits').execute()
})
afterAll(() => server[Symbol.asyncDispose]())

const pace = { network: 10, pair: 100, account: 50 }
const limits = { windowSeconds: 900, network: 20, pair: 5, account: 12, pairUnderAttack: 2, accountCeiling: 80, pace }

async function admitted(attempts: { email: string; clientAddress: string }[]): Promise<number> {
  const results = await Promise.allSettled(attempts.map((attempt) => countAttempt(server.db, 'login', attempt, limits)))
  return results.filter((result) => result.status === 'fulfilled').length
}

function times(count: number, attempt: (index: number) => { email: string; clientAddress: string }) {
  return Array.from({ length: count }, (_, index) => attempt(index))
}

test('P12: a hundred attempts at once on one account from one network: never more than the limit pass', async () => {
  expect(await admitted(times(100, (index) => ({ email: 'a@x.y', clientAddress: `203.0.113.${index}` })))).toBe(5)
})

test('one network may try many accounts only so often', async () => {
  const attempts = times(60, (index) => ({ email: `user${index}@x.y`, clientAddress: '2001:db8::1' }))
  expect(await admitted(attempts)).toBe(20)
})

test('an account under attack from many networks leaves a new network its few attempts', async () => {
  await admitted(times(60, (index) => ({ email: 'a@x.y', clientAddress: `203.0.${index}.1` })))
  expect(await admitted(times(5, () => ({ email: 'a@x.y', clientAddress: '198.51.100.1' })))).toBe(2)
})

test('one network alone cannot make an account look attacked', async () => {
  await admitted(times(100, () => ({ email: 'a@x.y', clientAddress: '203.0.113.1' })))
  expect(await admitted(times(5, () => ({ email: 'a@x.y', clientAddress: '198.51.100.1' })))).toBe(5)
})

test('an own success does not clear what was tried on others from the same network', async () => {
  const network = { clientAddress: '203.0.113.1' }
  await admitted(times(19, (index) => ({ email: `user${index}@x.y`, ...network })))
  const own = { email: 'mallory@x.y', ...network }
  expect(await admitted([own])).toBe(1)
  await uncountAttempt(server.db, 'login', own)
  expect(await admitted(times(3, (index) => ({ email: `other${index}@x.y`, ...network })))).toBe(1)
})

test('a full limit lets one more through after its pace, and says how long that is', async () => {
  const guess = { email: 'a@x.y', clientAddress: '203.0.113.1' }
  expect(await admitted(times(20, () => guess))).toBe(5)
  await expect(countAttempt(server.db, 'login', guess, limits)).rejects.toMatchObject({ retryAfterSeconds: 100 })
  await age(101)
  expect(await admitted(times(3, () => guess))).toBe(1)
})

test('a network that was refused for one account still reaches the others', async () => {
  await admitted(times(60, () => ({ email: 'a@x.y', clientAddress: '203.0.113.1' })))
  expect(await admitted([{ email: 'b@x.y', clientAddress: '203.0.113.2' }])).toBe(1)
})

test('one account has a ceiling over all networks, however many there are', async () => {
  expect(await admitted(times(150, (index) => ({ email: 'a@x.y', clientAddress: `198.51.${index}.1` })))).toBe(80)
})

test('who has proven to know the account is held up by nobody else, and guesses no more often than others', async () => {
  await admitted(times(150, (index) => ({ email: 'a@x.y', clientAddress: `198.51.${index}.1` })))
  await admitted(times(60, () => ({ email: 'a@x.y', clientAddress: '203.0.113.1' })))
  const known = { email: 'a@x.y', clientAddress: '203.0.113.1', proof: 'the device' }
  expect(await admitted(times(20, () => known))).toBe(5)
})

/** As if so many seconds had passed since the counters began. */
async function age(seconds: number): Promise<void> {
  await server.db
    .updateTable('rateLimits')
    .set(({ eb }) => ({ expire: eb('expire', '-', seconds * 1_000) }))
    .execute()
}

test('the table holds no address of a user, and expired counters are swept', async () => {
  await admitted(times(3, () => ({ email: 'canary@x.y', clientAddress: '203.0.113.1' })))
  const rows = await server.db.selectFrom('rateLimits').selectAll().execute()
  expect(rows).toHaveLength(3)
  expect(JSON.stringify(rows)).not.toContain('canary')
  await server.db
    .updateTable('rateLimits')
    .set({ expire: server.clock.now().getTime() - 1 })
    .execute()
  await removeExpired(server.ctx)
  expect(await server.db.selectFrom('rateLimits').selectAll().execute()).toHaveLength(0)
})
