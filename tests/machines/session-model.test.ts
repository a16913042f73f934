import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertUser } from '../../server/db/users.ts'
import { endSession } from '../../server/db/sessions.ts'
import { rotateRefreshToken, startSession } from '../../server/services/refresh-tokens.ts'
import { startTestServer, type TestServer } from '../http/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const day = 86_400

/** What a family of refresh tokens must do, in the words of RFC 9700 and no database. */
interface Family {
  readonly startedAt: number
  readonly sessionId: string
  tokens: { token: string; expiresAt: number; usedAt: number | null }[]
  isEnded: boolean
}

type Command = { do: 'refresh'; back: number } | { do: 'wait'; seconds: number } | { do: 'logout' }

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('refresh' as const), back: fc.integer({ min: 0, max: 3 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      seconds: fc.constantFrom(1, 15, 29, 30, 31, 3_600, 2 * day, 6 * day, 7 * day),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('logout' as const) }) },
)

test('however refreshes, replays, waits and logouts follow each other, a family behaves as its model', async () => {
  const outcome = await fc.check(
    fc.asyncProperty(fc.array(command, { maxLength: 30 }), async (commands) => {
      const userId = randomUUID()
      await insertUser(server.db, { id: userId, email: `${userId}@example.com`, passwordHash: '' })
      const session = await startSession(server.db, userId, server.clock.now())
      const startedAt = now()
      const family: Family = {
        startedAt,
        sessionId: session.sessionId,
        tokens: [{ token: session.refreshToken, expiresAt: startedAt + 7 * day, usedAt: null }],
        isEnded: false,
      }
      for (const next of commands) await run(userId, family, next)
      if (family.isEnded) assert.equal(await liveTokens(userId), 0)
    }),
    { numRuns: 150 },
  )
  expect(outcome.failed ? fc.defaultReportMessage(outcome) : 'held').toBe('held')
})

async function run(userId: string, family: Family, next: Command) {
  switch (next.do) {
    case 'wait':
      server.clock.advance(next.seconds)
      return
    case 'logout':
      await endSession(server.db, userId, family.sessionId, server.clock.now().toISOString())
      family.isEnded = true
      return
    case 'refresh': {
      const index = Math.max(0, family.tokens.length - 1 - next.back)
      const expected = expectation(family, index)
      const answer = await rotateRefreshToken(server.ctx, family.tokens[index]!.token).then(
        (rotated) => rotated.refreshToken,
        () => 'refused',
      )
      if (expected !== 'new') {
        assert.equal(answer, expected)
        return
      }
      assert.notEqual(answer, 'refused')
      assert.ok(family.tokens.every(({ token }) => token !== answer))
      const expiresAt = Math.min(now() + 7 * day, family.startedAt + 30 * day)
      family.tokens.push({ token: answer, expiresAt, usedAt: null })
    }
  }
}

function expectation(family: Family, index: number): string {
  const used = family.tokens[index]!
  const successor = family.tokens[index + 1]
  if (family.isEnded) return 'refused'
  if (used.usedAt === null) {
    if (used.expiresAt <= now()) return 'refused'
    used.usedAt = now()
    return 'new'
  }
  if (successor?.usedAt === null && now() - used.usedAt <= 30) return successor.token
  family.isEnded = true
  return 'refused'
}

function now(): number {
  return server.clock.now().getTime() / 1000
}

async function liveTokens(userId: string): Promise<number> {
  const live = await server.db
    .selectFrom('refreshTokens')
    .innerJoin('sessions', 'sessions.id', 'refreshTokens.sessionId')
    .where('refreshTokens.userId', '=', userId)
    .where('refreshTokens.usedAt', 'is', null)
    .where('sessions.endedAt', 'is', null)
    .select('refreshTokens.id')
    .execute()
  return live.length
}
