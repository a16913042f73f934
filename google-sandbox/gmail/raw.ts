import { invalid, notFound } from '../errors.ts'
import { parseMime } from './mime.ts'
import type { Mailbox } from './model.ts'
import { mayJoinThread } from './threading.ts'

/** The mail in a request and the thread it really gets: the one named, if Gmail's rules let it in. */
export function readRawMail(mailbox: Mailbox, resource: unknown): { raw: Buffer; threadId: string | undefined } {
  const { raw: encoded, threadId } = (resource ?? {}) as { raw?: unknown; threadId?: unknown }
  if (typeof encoded !== 'string' || encoded === '') {
    throw invalid("'raw' RFC822 payload message string or uploading message via /upload/* URL required")
  }
  if (!/^[\w+/-]+={0,2}$/.test(encoded)) throw invalid("Invalid value at 'message.raw' (TYPE_BYTES)")
  const raw = Buffer.from(encoded, 'base64url')
  if (!/^[!-9;-~]+[ \t]*:/.test(raw.toString('latin1', 0, 1_000))) throw invalid('Invalid RFC822 message')
  if (typeof threadId !== 'string' || threadId === '') return { raw, threadId: undefined }

  const exists = [...mailbox.messages.values()].some((message) => message.threadId === threadId)
  if (!exists) throw notFound()
  return { raw, threadId: mayJoinThread(mailbox, parseMime(raw), threadId) ? threadId : undefined }
}
