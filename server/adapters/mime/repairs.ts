import { isReadableText } from './part-text.ts'

/** A change of a mail's bytes: from `at` on, so many become this text. */
export interface Repair {
  readonly at: number
  readonly length: number
  readonly text: string
}

/**
 * What an old or careless program meant by a header block, in bytes from its beginning: a missing semicolon before the
 * boundary, `Content-Type: text`, a charset without a name, GB 18030 under the name of a part of it. A mail that is
 * a text of a kind nobody knows is a plain one (RFC 2046, 4.1.4).
 */
export function repairsOf(block: string, { isPart }: { isPart: boolean }): Repair[] {
  const repairs: Repair[] = []
  for (const { index, 0: whole } of block.matchAll(/^content-type[ \t]*:.*(?:\r?\n[ \t].*)*/gim)) {
    const replace = (pattern: RegExp, text: string) => {
      const found = pattern.exec(whole)
      if (found) repairs.push({ at: index + found.index, length: found[0].length, text })
    }
    const [unended] = /^[^:]*:\s*multipart\/[\w-]+(?=[ \t\r\n]+boundary\s*=)/i.exec(whole) ?? []
    if (unended) repairs.push({ at: index + unended.length, length: 0, text: ';' })
    replace(/(?<=^[^:]*:\s*)text(?=\s*(?:;|$))/i, 'text/plain')
    replace(/;\s*charset\s*=\s*(?:"\s*")?(?=\s*(?:;|$))/i, '')
    const [, type = ''] = /^[^:]*:\s*(text\/[\w.+-]+)/i.exec(whole) ?? []
    if (!isPart && isReadableText(type) && !/\bname\*?=/i.test(block))
      replace(/(?<=^[^:]*:\s*)text\/[\w.+-]+/i, 'text/plain')
  }
  for (const { index, 0: name } of block.matchAll(
    /(?<=\bcharset\s*=\s*"?|=\?)(?:gb_?2312(?:-80)?|x-gbk|gbk|cp936)(?=["?;*\s])/gi,
  )) {
    repairs.push({ at: index, length: name.length, text: 'gb18030' })
  }
  return repairs.sort((a, b) => a.at - b.at)
}
