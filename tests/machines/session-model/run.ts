import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { playRuns } from './machine.ts'
import { openStage } from './stage.ts'
import { quickDatabase } from '../kit/databases.ts'

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } })
const runs = Number(values.runs ?? 2_000)
const seed = Number(values.seed ?? randomInt(2 ** 31))
if (!Number.isInteger(runs) || !Number.isInteger(seed)) throw new Error('--runs and --seed are whole numbers')

const startedAt = performance.now()
await using database = await quickDatabase()
await using stage = await openStage(database.config)
const { failures, ...figures } = await playRuns(stage, { runs, seed })
for (const failure of failures) console.error(`${failure}\n(again: npm run test:session-model -- --seed ${seed})`)
const seconds = Math.round((performance.now() - startedAt) / 1_000)
console.log(JSON.stringify({ ...figures, failures: failures.length, seconds }))
if (failures.length > 0) process.exitCode = 1
