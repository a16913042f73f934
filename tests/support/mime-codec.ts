import { afterAll } from 'vitest'
import { createMimeCodec } from '../../server/adapters/mime/codec.ts'
import type { ParsedMail } from '../../server/mail/fields.ts'

/** The codec of this test file, closed after its tests; `parse` demands that something could be read. */
export function openCodec(options?: Parameters<typeof createMimeCodec>[0]) {
  const codec = createMimeCodec(options)
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
