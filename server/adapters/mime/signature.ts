import type { Address } from '../../../shared-types/index.ts'

const maxLines = 12
const maxLineLength = 80

/** An address, a link, a telephone number. */
const contact = /\S@\S|\bhttps?:\/\/|\bwww\.|(?:\+?\(?\d[\d\s()/.-]{6,}\d)/i
const device =
  /^\W*(?:sent|via|from|gesendet|von|envoyé|depuis|enviado|desde|inviato|da|verzonden|verstuurd|отправлено)\b.{0,40}$/iu

/** Without a block at the end that only says who writes and how to reach them, and without a list's footer. */
export function withoutSignature(lines: readonly string[], sender: Address): string[] {
  const end = lines.findLastIndex((line) => line.trim() !== '') + 1
  const start = ruledBlock(lines, end) ?? namedBlock(lines, end, sender)
  return lines.slice(0, start ?? end)
}

/** What stands below a rule of dashes or underscores at the end: a signature, or a mailing list's footer. */
function ruledBlock(lines: readonly string[], end: number): number | undefined {
  const rule = lines.slice(0, end).findLastIndex((line) => /^\s*[-_=*]{10,}\s*$/.test(line.slice(0, 200)))
  if (rule < 0) return undefined
  return rule === end - 1 || isContactBlock(lines.slice(rule + 1, end)) ? rule : undefined
}

/** The last paragraph, when it names the sender. */
function namedBlock(lines: readonly string[], end: number, { name, address }: Address): number | undefined {
  const start = lines.slice(0, end).findLastIndex((line) => line.trim() === '') + 1
  const block = lines.slice(start, end)
  if (start === 0 || block.length < 2 || !isContactBlock(block)) return undefined
  const text = block.join('\n').toLowerCase()
  const isNamed = [name, address].some((own) => own.length > 2 && text.includes(own.toLowerCase()))
  return isNamed ? start : undefined
}

/** Short lines, none of them a sentence, and a way to reach somebody among them. */
function isContactBlock(block: readonly string[]): boolean {
  const written = block.filter((line) => line.trim() !== '')
  return (
    written.length <= maxLines &&
    written.every((line) => line.length <= maxLineLength && !/(?:\S+\s+){4,}\S+[.?!]\s*$/.test(line)) &&
    written.some((line) => contact.test(line) || device.test(line))
  )
}
