import { expect, test } from 'vitest'
import { createMimeCodec } from '../../server/adapters/mime/codec.ts'
import { hasCorpus } from '../support/corpus.ts'
import { runMimeMachine } from './mime/machine.ts'

if (hasCorpus()) {
  // Every third mail of the corpus, all expected results; `npm run test:mime` reads every mail.
  test('real mail is read in time, as other parsers read it, and machines are told from people', readSample, 120_000)
} else {
  test('real mail is tried only where the corpus is', () => expect(hasCorpus()).toBe(false))
}

async function readSample(): Promise<void> {
  await using codec = createMimeCodec()
  const lines: string[] = []
  const { result, failures } = await runMimeMachine(codec, { every: 3, say: (line) => lines.push(line) })
  expect(failures, lines.join('\n')).toEqual([])
  expect(result).toMatchObject({ humanSuppressed: 0, quarantined: 0 })
  expect(result.messages).toBeGreaterThan(350)
  expect([result.machineSuppressed, result.typed]).toEqual([result.machines, result.messages])
}
