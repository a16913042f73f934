import { createMimeCodec } from '../../../server/adapters/mime/codec.ts'
import { createTestApp } from '../../support/app.ts'
import { hasCorpus } from '../../support/corpus.ts'
import { quickDatabase } from '../kit/databases.ts'
import { runMimeMachine } from './machine.ts'

if (!hasCorpus()) throw new Error('This machine reads the corpus: SHARED_DIR names its parent.')
await using codec = createMimeCodec({ deadlineMs: 60_000 })
// The first mail would be charged with the start of its worker.
await Promise.all([
  codec.parse(Buffer.from('From: a@b.example\n\n')),
  codec.parse(Buffer.from('From: a@b.example\n\n')),
])
await using database = await quickDatabase()
await using app = await createTestApp({ ports: { mime: codec }, config: { database: database.config } })
const { result, failures } = await runMimeMachine(codec, {
  every: 1,
  outside: { app, every: 1 },
  say: (line) => console.error(line),
})
for (const failure of failures) console.error(`short: ${failure}`)
console.log(JSON.stringify(result))
if (failures.length > 0) process.exitCode = 1
