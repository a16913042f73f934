import { randomBytes } from 'node:crypto'
import { invalid } from '../errors.ts'
import type { MimePart } from './mime.ts'
import type { Message } from './model.ts'
import { snippetOf } from './text.ts'

export interface RenderOptions {
  format: string
  /** Which headers format=metadata shows; none means all. */
  metadataHeaders: string[]
}

/** The format and headers a read asks for. */
export function renderOptionsOf(query: URLSearchParams): RenderOptions {
  const format = query.get('format')?.toLowerCase() ?? 'full'
  if (!['full', 'metadata', 'minimal', 'raw'].includes(format)) throw invalid(`Invalid format: ${format}`)
  return { format, metadataHeaders: query.getAll('metadataHeaders').map((name) => name.toLowerCase()) }
}

/** A message as messages.get, drafts.get and threads.get show it, built from the raw mail on every read. */
export function renderMessage(message: Message, { format, metadataHeaders }: RenderOptions): object {
  const { id, threadId, labelIds, historyId, internalDate, raw, root } = message
  const common = {
    id,
    threadId,
    labelIds: [...labelIds],
    snippet: snippetOf(root),
    historyId: String(historyId),
    internalDate: String(internalDate),
    sizeEstimate: raw.length,
  }
  if (format === 'minimal') return common
  if (format === 'raw') return { ...common, raw: raw.toString('base64url') }
  if (format === 'full') return { ...common, payload: renderPart(message.id, root) }
  const isShown = ({ name }: { name: string }) =>
    metadataHeaders.length === 0 || metadataHeaders.includes(name.toLowerCase())
  return { ...common, payload: { mimeType: root.mimeType, headers: root.headers.filter(isShown) } }
}

/** What create, modify and send answer with. */
export function renderReference({ id, threadId, labelIds }: Message): object {
  return { id, threadId, labelIds: [...labelIds] }
}

function renderPart(messageId: string, part: MimePart): object {
  const { partId, mimeType, filename, headers, content, parts } = part
  const common = { partId, mimeType, filename, headers }
  if (mimeType.startsWith('multipart/')) {
    return { ...common, body: { size: 0 }, parts: parts.map((child) => renderPart(messageId, child)) }
  }
  const body = isAttachment(part)
    ? { attachmentId: attachmentIdOf(messageId, partId), size: content.length }
    : { size: content.length, ...(content.length > 0 && { data: content.toString('base64url') }) }
  return { ...common, body }
}

export function isAttachment({ mimeType, filename, parts }: MimePart): boolean {
  return parts.length === 0 && (filename !== '' || !/^(text|multipart)\//.test(mimeType))
}

/** Another id on every read, as Gmail's; each names its part. */
function attachmentIdOf(messageId: string, partId: string): string {
  const nonce = randomBytes(24).toString('base64url')
  return Buffer.from(JSON.stringify([nonce, messageId, partId])).toString('base64url')
}

/** The part an attachment id of this message stands for. */
export function partIdOf(attachmentId: string, messageId: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(attachmentId, 'base64url').toString())
    return Array.isArray(parsed) && parsed[1] === messageId ? String(parsed[2]) : undefined
  } catch {
    return undefined
  }
}
