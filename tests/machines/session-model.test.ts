// Slow: 150 runs of up to 30 commands on a real database.
import { afterAll, expect, test } from 'vitest'
import { newTestDatabase } from '../support/test-database.ts'
import { Unguarded } from '../support/unguarded.ts'
import { playRuns } from './session-model/machine.ts'
import { openStage } from './session-model/stage.ts'

const database = await newTestDatabase()
const stage = await openStage(database.config)
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

test('however sign-ins, refreshes, replays, waits and logouts follow each other, each family behaves as its model', async () => {
  const { problems, commands } = await playRuns(stage, { runs: 150, seed: 1 })
  expect(problems).toEqual([])
  expect(commands).toBeGreaterThanOrEqual(2_000)
})

test.each([
  ['is good twice', new Unguarded('refreshTokens', 'usedAt')],
  ['never expires', new Unguarded('refreshTokens', 'expiresAt')],
  ['ends with another session of its owner', new Unguarded('sessions', 'id')],
])('the model notices a token that %s', async (_, plugin) => {
  const ctx = { ...stage.ctx, db: stage.ctx.db.withPlugin(plugin) }
  const { problems } = await playRuns({ ...stage, ctx }, { runs: 150, seed: 1 })
  expect(problems).toHaveLength(1)
})
