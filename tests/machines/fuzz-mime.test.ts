// Slow: 1,500 mails are read, many of them made to take long.
import { expect, test } from 'vitest'
import { createMimeCodec } from '../../server/adapters/mime/codec.ts'
import { hasCorpus } from '../support/corpus.ts'
import { openFuzzDatabase } from './fuzz-mime/database.ts'
import { playFuzz } from './fuzz-mime/machine.ts'

// 1,500 inputs: every tenth mail of the corpus, the torture, changed mails; `npm run fuzz:mime` tries 100,000.
test.runIf(hasCorpus())('whatever the bytes, reading ends with something that the database takes', fuzz, 180_000)

async function fuzz(): Promise<void> {
  await using codec = createMimeCodec()
  await using database = await openFuzzDatabase({ kind: 'embedded', directory: 'memory://fuzz-mime' })
  const plan = { inputs: 1_500, seed: 20_260_302, corpusEvery: 10, writeEvery: 20, parallel: 3 }
  const { figures, problems } = await playFuzz(codec, database, { ...plan, tell: () => undefined })
  expect(problems).toEqual([])
  expect(figures).toMatchObject({ crashes: 0, unstorable: 0, rejectedWrites: 0, blockedMainLoop: 0 })
  expect(figures.written).toBeGreaterThan(70)
}
