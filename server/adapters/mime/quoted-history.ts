import type { Address } from '../../../shared-types/index.ts'

/** How mail programs name the header lines they put above the mail that is answered. */
const labels = {
  from: 'from|von|de|da|van|fra|från|lähettäjä|od|nadawca|kimden|feladó|от|от кого|від|发件人|寄件者|差出人|보낸 사람',
  sent: 'sent|gesendet|envoyé|enviado|enviado el|enviada em|inviato|verzonden|sendt|skickat|lähetetty|wysłano|gönderildi|elküldve|отправлено|надіслано|发送时间|傳送時間|送信日時|보낸 날짜',
  date: 'date|datum|fecha|data|dato|päivämäärä|tarih|дата|日期|日付|날짜',
  to: 'to|an|à|a|para|aan|til|till|vastaanottaja|do|kime|címzett|кому|收件人|宛先|받는 사람',
  subject:
    'subject|betreff|objet|asunto|oggetto|assunto|onderwerp|emne|ämne|aihe|temat|konu|tárgy|тема|主题|主旨|件名|제목',
  copy: 'cc|kopie|copie|копия|抄送',
} as const
type Label = keyof typeof labels

const headerLines = Object.entries(labels).map(
  ([label, words]) => [label as Label, new RegExp(`^[\\s*_]{0,6}(?:${words})[*_]{0,3}\\s?[:：]`, 'iu')] as const,
)
const maxHeaderLines = 12
const maxAttributionLines = 4

/** What else of a mail says whether older mail stands below. */
export interface Evidence {
  readonly sender: Address
  /** It names the mail it answers, or its subject or its HTML says that it answers one. */
  readonly isReply: boolean
  /** A quotation is then never indented (RFC 3676, 4.5). */
  readonly isFlowed: boolean
}

/** Lines that quote (`> `), the line that names whom, and all below a block of headers such as Outlook writes. */
export function withoutHistory(lines: readonly string[], evidence: Evidence): string[] {
  const end = lines.findIndex(
    (_line, index) =>
      (isHeaderBlock(lines, index) || isBlockByForm(lines, index)) && isHistoryBelow(lines, index, evidence),
  )
  const above = end < 0 ? [...lines] : withoutRule(lines.slice(0, end))
  return withoutQuotes(above, evidence)
}

/** A form that a visitor filled in looks the same; in a first mail only what names its sender is taken for history. */
function isHistoryBelow(lines: readonly string[], start: number, { sender, isReply }: Evidence): boolean {
  const rule = lines.slice(0, start).findLast((line) => line.trim() !== '') ?? ''
  if (isReply || /^\s*-{3,}\s?[^-]{5,60}?\s?-{3,}\s*$/.test(rule.slice(0, 200))) return true
  const block = lines.slice(start + 1, start + maxHeaderLines)
  const empty = block.findIndex((line) => line.trim() === '')
  const below = block.slice(0, empty < 0 ? undefined : empty).map((line) => line.toLowerCase())
  const names = [sender.address, ...sender.name.split(/[\s,]+/)].map((name) => name.toLowerCase())
  return names.some((name) => name.length > 2 && below.some((line) => /[:：]/.test(line) && line.includes(name)))
}

/** Three or more `Word: value` lines, one with an address, another with a date and a time: in any language. */
function isBlockByForm(lines: readonly string[], start: number): boolean {
  if (!isField(lines[start]) || isField(lines[start - 1])) return false
  const block = lines.slice(start, start + maxHeaderLines)
  const end = block.findIndex((line) => !isField(line))
  const fields = end < 0 ? block : block.slice(0, end)
  return (
    fields.length >= 3 &&
    fields.slice(0, 2).some((line) => /[^\s@]@[^\s@]/.test(line)) &&
    fields.some((line) => /\b(?:19|20)\d\d(?!\d)/.test(line) && /\d{1,2}[:.]\d{2}(?!\d)/.test(line))
  )
}

function isField(line = ''): boolean {
  return (
    line.length <= 1_000 && /^[\s*_]{0,6}\p{L}[\p{L}\p{M} \u00a0.'’-]{0,30}[*_]{0,3}\s?[:：][*_]{0,3}\s*\S/u.test(line)
  )
}

/** `From:`, `Sent:`, `To:`, `Subject:` in any order and language, no empty line between them. */
function isHeaderBlock(lines: readonly string[], start: number): boolean {
  if (!labelOf(lines[start] ?? '')) return false
  const found = new Map<Label, string>()
  for (const line of lines.slice(start, start + maxHeaderLines)) {
    if (line.trim() === '') break
    const label = labelOf(line)
    if (label && !found.has(label)) found.set(label, line)
  }
  // A timetable has `From`, `To` and `Date` as well.
  const isDated =
    found.has('sent') || (found.has('date') && (found.has('subject') || /@/.test(found.get('from') ?? '')))
  return found.has('from') && isDated && (found.has('to') || found.has('subject'))
}

function labelOf(line: string): Label | undefined {
  if (line.length > 1_000) return undefined
  return headerLines.find(([, pattern]) => pattern.test(line))?.[0]
}

/** Without a rule or `-----Original Message-----` at the end. */
function withoutRule(lines: readonly string[]): string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '' && !/^\s*[-_=*—]{3,}/.test(line.slice(0, 200)))
  return lines.slice(0, last + 1)
}

function withoutQuotes(lines: readonly string[], { isReply, isFlowed }: Evidence): string[] {
  // In a first mail `>5 cm` is an amount.
  const isQuoted = lines.map(
    (line) => isQuote(line) && !(isFlowed && line.startsWith(' ')) && (isReply || !/^\s{0,3}>\s?\d/.test(line)),
  )
  const isQuoteNext = (from: number) => {
    const next = lines.slice(from, from + 3).findIndex((line) => line.trim() !== '')
    return next >= 0 && isQuoted[from + next] === true
  }
  const kept: string[] = []
  for (const [index, line] of lines.entries()) {
    if (isQuoted[index] || (isQuoted[index - 1] && isQuoted[index + 1] && isBrokenOff(lines[index - 1] ?? '', line))) {
      continue
    }
    kept.push(line)
    if (line.trim() !== '' && isQuoteNext(index + 1)) dropAttribution(kept)
  }
  return kept
}

/** `>:` is the end of an attribution that was broken inside an address. */
function isQuote(line: string): boolean {
  return /^\s{0,3}>(?!:\s*$)/.test(line)
}

/** The rest of a quoted line that a mail program broke: between quotations, in the middle of a sentence. */
function isBrokenOff(before: string, line: string): boolean {
  return before.length >= 60 && !/[.?!:;]\s*$/.test(before) && /^\p{Ll}/u.test(line)
}

/** Whoever is quoted is named in a line or a few that end with a colon and hold a date, a time or an address. */
function dropAttribution(kept: string[]): void {
  if (!/[:：]\s*$/.test(kept.at(-1) ?? '')) return
  for (let count = 1; count <= Math.min(maxAttributionLines, kept.length); count++) {
    const first = kept.at(-count) ?? ''
    if (first.trim() === '' || first.length > 300) return
    const whole = kept.slice(-count).join(' ')
    const before = kept.at(-count - 1)
    if (!/\d{1,2}[:.]\d{2}|\b(?:19|20)\d\d\b|@/.test(whole)) continue
    // `On Monday,` may be the first of several lines: a paragraph goes as a whole, a single line alone.
    const isStart = before === undefined || before.trim() === '' || /^\W*\S+\s[\s\S]*\d/.test(first)
    if (isStart) {
      kept.length -= count
      return
    }
  }
}

/** Whether these lines name whom or when: what follows may be history without a mark. */
export function isAttribution(lines: readonly string[]): boolean {
  const whole = lines.join(' ')
  const hasAddress = /[^\s@]@[^\s@]/.test(whole)
  const isTimed = /\d{1,2}[:.]\d{2}(?!\d)/.test(whole) && /\b(?:19|20)\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d{2}/.test(whole)
  if (whole.length > 500 || isField(lines[0])) return false
  return /[:：]\s*$/.test(whole) ? hasAddress || isTimed : hasAddress && isTimed && !/[.?!]\s*$/.test(whole)
}
