import type { Attachment as Part } from 'mailparser'
import type { Attachment } from '../../../shared-types/index.ts'
import { cut, visibleLine } from './text.ts'

const maxAttachments = 500

/** What is known of the parts that are not text, in their order; nothing of their content. */
export function attachmentsOf(parts: readonly Part[]): Attachment[] {
  return parts.slice(0, maxAttachments).map((part) => ({
    filename: safeFilename(part.filename),
    mimeType: /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(part.contentType)
      ? part.contentType.toLowerCase()
      : 'application/octet-stream',
    sizeBytes: part.size,
    isInline: part.contentDisposition === 'inline' || part.related === true,
    contentId: visibleLine(part.cid ?? '', 200) || null,
  }))
}

/** A file name to show and to save under: no path, no leading dots, no invisible characters, 200 characters at most. */
function safeFilename(name: string | undefined): string {
  const base = visibleLine((name ?? '').replace(/^.*[/\\]/s, ''), 1_000).replace(/[<>:"|?*]/g, '_')
  const visible = base.replace(/^[.\s]+/, '')
  if (visible.length <= 200) return visible || 'attachment'
  const suffix = /\.[\w-]{1,12}$/.exec(visible)?.[0] ?? ''
  return cut(visible, 200 - suffix.length) + suffix
}
