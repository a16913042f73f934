import { afterAll, describe, expect, test } from 'vitest'
import { createMimeCodec } from '../../server/adapters/mime/codec.ts'
import { corpusMails, hasCorpus } from '../support/corpus.ts'

if (hasCorpus()) {
  describe.each(['mime', 'machine-mail', 'ham-spam'])('real mail: %s', (part) => {
    const codec = createMimeCodec()
    afterAll(() => codec[Symbol.asyncDispose]())

    test(
      'every sixth mail of the corpus gives a typed result in time, fit for the database',
      { timeout: 60_000 },
      async () => {
        const mails = corpusMails(part, { every: 6 })
        expect(mails.length).toBeGreaterThan(40)
        const failed: string[] = []
        for (const { name, read } of mails) {
          const { mail, problem } = await codec.parse(read())
          const strings = JSON.stringify(mail)
          const isSafe = !strings.includes('\\u0000') && !/\\ud[89a-f]/.test(strings)
          if (!mail || !isSafe || /took too long|broke|Not all/.test(problem ?? '')) failed.push(`${name}: ${problem}`)
        }
        expect(failed).toEqual([])
      },
    )
  })
} else {
  test('real mail is tried only where the corpus is', () => expect(hasCorpus()).toBe(false))
}
