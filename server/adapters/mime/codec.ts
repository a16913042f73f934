import type { MimeCodec } from '../../ports.ts'
import { maxHeaderBytes } from './bytes.ts'
import { composeReply } from './compose.ts'
import { openMimeLane } from './lane.ts'

const maxRawBytes = 25_000_000

/**
 * Reads mail with mailparser in a worker thread and writes it with nodemailer. A reading that takes longer than
 * `deadlineMs` (default 2,000) ends with what was read until then. `parse` rejects only when no worker can be started.
 */
export function createMimeCodec({ deadlineMs = 2_000 }: { deadlineMs?: number } = {}): MimeCodec & AsyncDisposable {
  const lane = openMimeLane(deadlineMs)
  return {
    async parse(raw) {
      if (raw.length <= maxRawBytes) return lane.read(raw, { headersOnly: false })
      const { mail, problem } = await lane.read(raw.subarray(0, maxHeaderBytes), { headersOnly: true })
      const tooLarge = `Only the headers were read: the mail has ${Math.round(raw.length / 1e6)} MB, more than 25.`
      return { mail, problem: problem ? `${tooLarge} ${problem}` : tooLarge }
    },
    compose: composeReply,
    [Symbol.asyncDispose]: () => lane.close(),
  }
}
