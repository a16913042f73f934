/** A part without parts, as mime4j's XML describes it. */
export interface XmlLeaf {
  readonly type: string
  readonly charset: string
  readonly disposition: string
  readonly kind: 'text' | 'binary' | 'message'
  /** The file with its decoded body; empty when it has none. */
  readonly file: string
}

/** The leaves in their order; a mail inside a mail is one leaf. */
export function leavesOf(xml: string): XmlLeaf[] {
  const leaves: XmlLeaf[] = []
  let header: string[] = []
  let messageDepth = 0
  for (const [, slash, name, attributes = '', text = ''] of xml.matchAll(/<(\/?)([a-z-]+)([^>]*)>([^<]*)/g)) {
    const isEnd = slash === '/'
    if (name === 'message') messageDepth += isEnd ? -1 : 1
    const isEnclosed = name === 'message' && !isEnd && messageDepth === 2
    if (isEnclosed) leaves.push(leafOf(header, 'message', ''))
    if (messageDepth !== 1 || isEnd) continue
    if (name === 'header') header = []
    if (name === 'field') header.push(text.trim())
    const file = /name="([^"]*)"/.exec(attributes)?.[1] ?? ''
    if (name === 'text-body' || name === 'binary-body') {
      leaves.push(leafOf(header, name === 'text-body' ? 'text' : 'binary', file))
    }
  }
  return leaves
}

function leafOf(header: readonly string[], kind: XmlLeaf['kind'], file: string): XmlLeaf {
  const valueOf = (name: string) => {
    const field = header.find((line) => line.toLowerCase().startsWith(`${name}:`)) ?? ''
    return field.slice(name.length + 1).trim()
  }
  const contentType = valueOf('content-type')
  return {
    type: /^[^;\s]*/.exec(contentType)?.[0].toLowerCase() || 'text/plain',
    charset: /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8',
    disposition: /^[^;\s]*/.exec(valueOf('content-disposition'))?.[0].toLowerCase() ?? '',
    kind,
    file,
  }
}
