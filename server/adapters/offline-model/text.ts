const maxText = 20_000
const maxSentences = 600

/** As much of a text as is read. Nothing is cut out of it: what is given was written this time. */
export function boundedText(text: string): string {
  return text.slice(0, maxText).toWellFormed().replace(/\r\n?/g, '\n').trim()
}

/** The sentences as they stand, wrapped lines joined; an item of a list is a sentence of its own. */
export function sentencesOf(text: string): string[] {
  const sentences = paragraphsOf(text).flatMap((paragraph) => {
    const found: string[] = []
    let start = 0
    for (const { index, 0: mark } of paragraph.matchAll(/(?<![.!?…])[.!?…]+["'”’»)]*(?=\s|$)/g)) {
      const end = index + mark.length
      if (isAbbreviation(paragraph.slice(Math.max(start, index - 8), index + 1))) continue
      found.push(paragraph.slice(start, end).trim())
      start = end
    }
    return [...found, paragraph.slice(start).trim()].filter((sentence) => sentence !== '')
  })
  return sentences.slice(0, maxSentences)
}

function paragraphsOf(text: string): string[] {
  const paragraphs: string[] = []
  let isOpen = false
  for (const line of text.split('\n').map((one) => one.trim())) {
    const isItem = /^([-*•]|\d{1,2}[.)]) /.test(line)
    if (isOpen && !isItem && line !== '') paragraphs.push(`${paragraphs.pop() ?? ''} ${line}`)
    else if (line !== '') paragraphs.push(line)
    isOpen = line !== ''
  }
  return paragraphs
}

/** `Dr.`, `z.B.`, `a.m.`, the day or month of a German date, an initial: a dot that ends no sentence. */
function isAbbreviation(end: string): boolean {
  return /(^|\s)(Dr|Prof|Mr|Mrs|Ms|Hr|Fr|Nr|No|St|ca|bzw|z\. ?B|e\.g|i\.e|Sr|Sra|(?:\d{1,2} ?)?[ap]\.m|(?:\d{1,2}\.)?\d{1,2}|\p{Lu})\.$/u.test(
    end,
  )
}

/** The text without links, mail addresses and domains; a token too long for a word goes as well. */
export function withoutAddresses(text: string): string {
  const kept = text
    .split(/\s+/)
    .map((token) => (isAddress(token) ? (/[?!.]$/.exec(token)?.[0] ?? '') : token))
    .filter((token) => token !== '')
  return kept.join(' ').replaceAll(/ (?=[?!.](?:\s|$))/g, '')
}

function isAddress(token: string): boolean {
  if (token.length > 80) return true
  const plain = token.normalize('NFKC').replaceAll(/[\u3002\uff61]|\[\.\]|\(\.\)/g, '.')
  return (
    /@|:\/\/|:\\\\|^(?:mailto|tel|javascript|data|https?|hxxps?):/i.test(plain) ||
    /\p{L}[\p{L}\p{N}-]*\.\p{L}{2,}/u.test(plain) ||
    /\d+\.\d+\.\d+\.\d+/.test(plain)
  )
}

/** At most so many characters, cut between words. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text
  const cut = text.slice(0, max - 1)
  const blank = cut.lastIndexOf(' ')
  return `${(blank > max / 2 ? cut.slice(0, blank) : cut).toWellFormed()}…`
}

export function bulleted(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n')
}
