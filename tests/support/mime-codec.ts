import { afterAll } from 'vitest'
import { createMimeCodec } from '../../server/adapters/mime/codec.ts'
import type { ParsedMail } from '../../server/mail/fields.ts'

/**
 * The codec of this test file, closed after its tests; `parse` demands that something could be read. Its deadline is a
 * ceiling against hangs: a busy machine ends no reading before its time.
 */
export function openCodec() {
  const codec = createMimeCodec({ deadlineMs: 60_000 })
  afterAll(() => codec[Symbol.asyncDispose]())
  return {
    codec,
    async parse(raw: string | Buffer): Promise<{ mail: ParsedMail; problem: string | null }> {
      const { mail, problem } = await codec.parse(typeof raw === 'string' ? Buffer.from(raw) : raw)
      if (!mail) throw new Error(`nothing was read: ${problem}`)
      return { mail, problem }
    },
  }
}
