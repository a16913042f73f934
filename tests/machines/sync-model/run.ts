import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { createStage } from './stage.ts'
import { playWorlds } from './worlds.ts'

const { values } = parseArgs({ options: { worlds: { type: 'string' }, seed: { type: 'string' } } })
const worlds = Number(values.worlds ?? 500)
const seed = Number(values.seed ?? randomInt(2 ** 31))
if (!Number.isInteger(worlds) || !Number.isInteger(seed)) throw new Error('--worlds and --seed are whole numbers')

const startedAt = performance.now()
await using stage = await createStage({ kind: 'embedded', directory: 'memory://sync-model' })
const { failures, ...tally } = await playWorlds(stage, { worlds, seed, tell: (line) => console.error(line) })
const seconds = Math.round((performance.now() - startedAt) / 1_000)
console.log(JSON.stringify({ ...tally, unequal: failures.map((failure) => failure.seed), seconds }))
process.exitCode = failures.length === 0 ? 0 : 1
