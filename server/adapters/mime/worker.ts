import { parentPort } from 'node:worker_threads'
import type { MailReading } from '../../mail/fields.ts'
import { readAttachment, readMail } from './reader.ts'

export interface MimeTask {
  readonly id: number
  readonly raw: Uint8Array
  readonly headersOnly: boolean
  /** Only what is attached at this position is wanted. */
  readonly attachment?: number
}

/** Each reading of a task is better than the one before; `done` ends it. A worker says `ready` first. */
export type MimeNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'reading'; readonly id: number; readonly reading: MailReading }
  | { readonly kind: 'attachment'; readonly id: number; readonly content: Uint8Array | null }
  | { readonly kind: 'done'; readonly id: number }

const port = parentPort
const tell = (news: MimeNews) => port?.postMessage(news)

// The CSS tokenizer makes an error of each string that does not end, and nobody reads where: without traces hostile styles
// take a tenth of the time.
Error.stackTraceLimit = 0

// The first reading takes ten times as long as the next: no mail is charged with it.
await work(
  { id: 0, raw: Buffer.from('Content-Type: text/html\r\n\r\n<p>Hello</p>'), headersOnly: false },
  () => undefined,
)
port?.on('message', (task: MimeTask) => void work(task, tell))
tell({ kind: 'ready' })

async function work({ id, raw, headersOnly, attachment }: MimeTask, report: (news: MimeNews) => void): Promise<void> {
  const mail = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  if (attachment !== undefined) report({ kind: 'attachment', id, content: await readAttachment(mail, attachment) })
  else for await (const reading of readMail(mail, { headersOnly })) report({ kind: 'reading', id, reading })
  report({ kind: 'done', id })
}
