// Slow: all 1,092 mails of the corpus, and a sixth of those from outside on the whole product.
import { expect, test } from 'vitest'
import { createMimeCodec } from '../../server/adapters/mime/codec.ts'
import { createTestApp } from '../support/app.ts'
import { hasCorpus } from '../support/corpus.ts'
import { playCorpus } from './mime/machine.ts'

// All that `npm run test:mime` does, but every sixth of what is played on the whole product, from the first.
test.runIf(hasCorpus())(
  'real mail is read in time, as other parsers read it, and machines are told from people',
  readAll,
)

async function readAll(): Promise<void> {
  // What is asked for is what it computes, whatever else the machine does.
  await using codec = createMimeCodec({ deadlineMs: 60_000 })
  await using app = await createTestApp({ ports: { mime: codec } })
  // The first mails would be charged with the start of their workers.
  const first = Buffer.from('From: a@b.example\n\n')
  await Promise.all([codec.parse(first), codec.parse(first)])
  const { figures, problems } = await playCorpus(codec, {
    every: 1,
    outside: { app, every: 6, first: 0 },
    tell: () => undefined,
  })
  expect(problems).toEqual([])
  expect(figures).toMatchObject({ messages: 1_092, typed: 1_092, machineSuppressed: 383, humanSuppressed: 0 })
}
