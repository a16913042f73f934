import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { endSession } from '../../../server/db/accounts/sessions.ts'
import { insertUser } from '../../../server/db/accounts/users.ts'
import { AppError } from '../../../server/errors.ts'
import { rotateRefreshToken, startSession } from '../../../server/services/refresh-tokens.ts'
import { type Command, commands } from './commands.ts'
import { Family } from './family.ts'
import type { Stage } from './stage.ts'

/** Each run with a new owner; the first failure is shortened and ends them. */
export async function playRuns(stage: Stage, { runs, seed }: { runs: number; seed: number }) {
  let played = 0
  const outcome = await fc.check(
    fc.asyncProperty(commands, async (list) => {
      played += list.length
      await play(stage, list)
    }),
    { numRuns: runs, seed },
  )
  const problems = outcome.failed ? [fc.defaultReportMessage(outcome)] : []
  return { runs: outcome.numRuns, commands: played, seed, problems }
}

async function play(stage: Stage, list: readonly Command[]): Promise<void> {
  const userId = randomUUID()
  await insertUser(stage.ctx.db, { id: userId, email: `${userId}@example.com`, passwordHash: '' })
  const families = [await issue(stage, userId)]
  for (const next of list) await run(stage, userId, { families, next })
  assert.deepEqual(await unusedTokens(stage, userId), unusedOf(families))
}

async function run(stage: Stage, userId: string, { families, next }: { families: Family[]; next: Command }) {
  if (next.do === 'wait') return stage.advance(next.seconds)
  if (next.do === 'issue') return void families.push(await issue(stage, userId))
  const family = families[Math.max(0, families.length - 1 - next.family)]
  assert.ok(family)
  if (next.do === 'refresh') return refresh(stage, family, next.back)
  family.isEnded = true
  await endSession(stage.ctx.db, userId, family.sessionId, stage.ctx.clock.now().toISOString())
}

async function issue(stage: Stage, userId: string): Promise<Family> {
  const { sessionId, refreshToken } = await startSession(stage.ctx.db, userId, stage.ctx.clock.now())
  return new Family(sessionId, refreshToken, secondsOf(stage))
}

async function refresh(stage: Stage, family: Family, back: number): Promise<void> {
  const place = family.place(back)
  const expected = family.expect(place, secondsOf(stage))
  const answer = await rotateRefreshToken(stage.ctx, family.tokenAt(place)).then(
    (rotated) => {
      assert.equal(rotated.sessionId, family.sessionId)
      return rotated.refreshToken
    },
    (error: unknown) => {
      if (error instanceof AppError && error.reason === 'INVALID_REFRESH_TOKEN') return 'refused'
      throw error
    },
  )
  if (expected !== 'new') return assert.equal(answer, expected)
  assert.notEqual(answer, 'refused')
  assert.ok(!family.has(answer), 'a token was given twice')
  family.add(answer, secondsOf(stage))
}

/** How many tokens of each living session are not used: what ends or rotates one family leaves the others as they are. */
async function unusedTokens({ ctx: { db } }: Stage, userId: string): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('refreshTokens')
    .innerJoin('sessions', 'sessions.id', 'refreshTokens.sessionId')
    .where('refreshTokens.userId', '=', userId)
    .where('refreshTokens.usedAt', 'is', null)
    .where('sessions.endedAt', 'is', null)
    .select('sessions.id')
    .execute()
  return Object.fromEntries([...Map.groupBy(rows, ({ id }) => id)].map(([id, tokens]) => [id, tokens.length]))
}

function unusedOf(families: readonly Family[]): Record<string, number> {
  return Object.fromEntries(
    families.filter(({ unused }) => unused > 0).map(({ sessionId, unused }) => [sessionId, unused]),
  )
}

function secondsOf({ ctx: { clock } }: Stage): number {
  return clock.now().getTime() / 1_000
}
