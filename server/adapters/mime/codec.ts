import type { MimeCodec } from '../../ports.ts'
import { maxHeaderBytes } from './header-block.ts'
import { composeReply } from './compose.ts'
import { openMimePool } from './pool.ts'
import { toReading } from './reading.ts'

const maxRawBytes = 25_000_000

/**
 * Reads mail with mailparser in worker threads and writes it with nodemailer. A reading that takes longer than
 * `deadlineMs` (default 2,000) ends with what was read until then. `parse` rejects only when no worker can be started.
 * It reads the raw form alone: Gmail's `format=full` is asked for nowhere, so there are no two forms to agree.
 */
export function createMimeCodec({ deadlineMs = 2_000, lanes = 3 } = {}): MimeCodec & AsyncDisposable {
  const pool = openMimePool({ lanes, deadlineMs })
  return {
    async parse(raw) {
      if (raw.length <= maxRawBytes) return pool.read(raw, { headersOnly: false })
      const { mail, problem } = await pool.read(raw.subarray(0, maxHeaderBytes), { headersOnly: true })
      const tooLarge = `Only the headers were read: the mail has ${Math.round(raw.length / 1e6)} MB, more than 25.`
      return toReading(mail, [tooLarge, problem ?? ''])
    },
    async attachment(raw, position) {
      if (raw.length > maxRawBytes) return null
      const content = await pool.attachment(raw, position)
      return content && Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    },
    compose: composeReply,
    [Symbol.asyncDispose]: () => pool.close(),
  }
}
