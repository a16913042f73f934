import type { Address } from '../../../shared-types/index.ts'

const maxLines = 12
const maxLineLength = 80

/** An address, a link, a telephone number. */
const contact = /\S@\S|\bhttps?:\/\/|\bwww\.|(?:\+?\(?\d[\d\s()/.-]{6,}\d)/i
const sentFrom =
  /^\W*(?:sent|via|from|get|gesendet|von|envoyé|depuis|enviado|desde|inviato|da|verzonden|verstuurd|skickat|sendt|wysłano|отправлено)\b[^:?!]{0,60}$/iu
const program =
  /\b(?:my|me[iu]nem?|meiner|mon|ma|mi|meu|mio|mijn|min|moje\w*|iphone|ipad|android|samsung|galaxy|blackberry|nokia|htc|xperia|huawei|pixel|windows|outlook|yahoo|gmail|thunderbird|proton\w*|mail|phone|telefon|mobile|handy|tablet)\b|https?:|\bмоего\b/iu
/** Digits behind a name: `Tel.: +44 20 7946 0958`. */
const contactField = /^[\p{L}.\s-]{1,20}[:：]\s*(?=.*(?:\S@\S|\bhttps?:|\bwww\.|\d{3}))/iu

/**
 * Without a block at the end that only says who writes and how to reach them, and without a list's footer. A question
 * or a postscript in it is none of that.
 */
export function withoutSignature(lines: readonly string[], sender: Address): string[] {
  const end = lines.findLastIndex((line) => line.trim() !== '') + 1
  const start = ruledBlock(lines, end) ?? markedBlock(lines, end) ?? namedBlock(lines, end, sender)
  return lines.slice(0, start ?? end)
}

/** Whether a block at the end that somebody else takes for a signature looks like one. */
export function isSignature(block: readonly string[], sender: Address): boolean {
  const written = block.filter((line) => line.trim() !== '')
  const [first = '', ...below] = written
  if (written.length > 0 && written.every(isDevice)) return true
  if (/^\s*-- ?\s*$/.test(first)) return isUnderMark(below, first)
  if (/^\s*[-_=*—–]{2,}\s*$/.test(first)) return below.length > 0 && isBrief(below)
  if (isClosing(block)) return true
  return isContactBlock(written) || (/^\s*[-—–]/.test(first) && written.length === 1 && isNamed(first, sender))
}

/** `Regards,` and below it nothing but a name, and who that is. */
function isClosing(block: readonly string[]): boolean {
  const [closing = '', name = '', ...more] = block
    .join('\n')
    .replace(/\n\s*\n/, '\n')
    .trim()
    .split('\n')
  return (
    /^[^.?!:]{2,30},\s*$/.test(closing) &&
    /^\p{Lu}[\p{L}.'-]*(?: \p{Lu}[\p{L}.'-]*){0,3}$/u.test(name.trim()) &&
    more.length <= 3 &&
    more.every((line) => /^.{2,40}$/.test(line.trim()) && !/[.?:]\s*$/.test(line) && !isForReader(line))
  )
}

/** What stands below a rule of dashes or underscores at the end: a signature, or a mailing list's footer. */
function ruledBlock(lines: readonly string[], end: number): number | undefined {
  const rule = lines.slice(0, end).findLastIndex((line) => /^\s*[-_=*]{10,}\s*$/.test(line.slice(0, 200)))
  if (rule < 0) return undefined
  return rule === end - 1 || isContactBlock(lines.slice(rule + 1, end)) ? rule : undefined
}

/** What stands below the last signature mark (RFC 3676, 4.3). */
function markedBlock(lines: readonly string[], end: number): number | undefined {
  const mark = lines.slice(0, end).findLastIndex((line) => /^--[ \u00a0]?$/.test(line))
  const below = lines.slice(mark + 1, end).filter((line) => line.trim() !== '')
  return mark >= 0 && isUnderMark(below, lines[mark] ?? '') ? mark : undefined
}

/** Below the full mark sentences may stand, such as a lawyer's; below two bare dashes they are what is written. */
function isUnderMark(below: readonly string[], mark: string): boolean {
  return /^--[ \u00a0]$/.test(mark) ? !below.some(isForReader) : isBrief(below)
}

/** The last paragraph, when it names the sender. */
function namedBlock(lines: readonly string[], end: number, { name, address }: Address): number | undefined {
  const start = lines.slice(0, end).findLastIndex((line) => line.trim() === '') + 1
  const block = lines.slice(start, end)
  if (start === 0 || block.length < 2 || !isContactBlock(block)) return undefined
  return isNamed(block.join('\n'), { name, address }) ? start : undefined
}

function isNamed(text: string, { name, address }: Address): boolean {
  const words = [name, address, name.split(' ')[0] ?? ''].map((own) => own.toLowerCase())
  return words.some((own) => own.length > 2 && text.toLowerCase().includes(own))
}

/** Short lines, none of them a sentence, and a way to reach somebody among them. */
function isContactBlock(block: readonly string[]): boolean {
  const written = block.filter((line) => line.trim() !== '')
  return isBrief(written) && written.some((line) => contact.test(line) || isDevice(line))
}

function isBrief(written: readonly string[]): boolean {
  return (
    written.length <= maxLines &&
    written.every((line) => line.length <= maxLineLength && !/(?:\S+\s+){4,}\S+[.?!]\s*$/.test(line)) &&
    !written.some(isForReader) &&
    // A form's fields: `Drawings: 2`.
    written.filter((line) => /^(?!https?:)[^\d:：]{1,30}[:：]\s*\S/i.test(line) && !contactField.test(line)).length < 2
  )
}

/** A question, or a postscript. */
export function isForReader(line: string): boolean {
  return /[?？؟](?:\s|$)/.test(line.slice(-500)) || /^\s*(?:p\.?\s?){1,2}[sd]\b\.?/i.test(line.slice(0, 20))
}

/** `Sent from my iPhone`. */
export function isDevice(line: string): boolean {
  return sentFrom.test(line.slice(0, 200)) && program.test(line)
}
