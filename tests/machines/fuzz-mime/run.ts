import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { createMimeCodec } from '../../../server/adapters/mime/codec.ts'
import { hasCorpus } from '../../support/corpus.ts'
import { quickDatabase } from '../kit/databases.ts'
import { openFuzzDatabase } from './database.ts'
import { openInputs } from './inputs.ts'
import { runFuzz } from './machine.ts'

const { values } = parseArgs({
  options: { inputs: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
})
const inputs = Number(values.inputs ?? 100_000)
const seed = Number(values.seed ?? randomInt(2 ** 31))
if (!Number.isInteger(inputs) || !Number.isInteger(seed)) throw new Error('--inputs and --seed are whole numbers')
if (!hasCorpus()) throw new Error('This machine changes mails of the corpus: SHARED_DIR names its parent.')

const startedAt = performance.now()
const lanes = Math.min(4, Math.max(2, availableParallelism()))
await using codec = createMimeCodec({ lanes })
if (values.only) {
  const { name, raw } = openInputs({ seed, corpusEvery: 1 }).at(Number(values.only))
  console.log(name, raw.toString('latin1'), await codec.parse(raw))
} else {
  await using place = await quickDatabase()
  await using database = await openFuzzDatabase(place.config)
  const plan = { inputs, seed, corpusEvery: 1, writeEvery: 20, parallel: lanes }
  const { result, failures } = await runFuzz(codec, database, { ...plan, say: (line) => console.error(line) })
  for (const failure of failures) console.error(`${failure} (npm run fuzz:mime -- --seed ${seed} --only <number>)`)
  console.log(JSON.stringify({ ...result, seconds: Math.round((performance.now() - startedAt) / 1_000) }))
  if (failures.length > 0) process.exitCode = 1
}
