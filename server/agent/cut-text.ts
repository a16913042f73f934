/** A line of a mail, and whether it is missing in what the sender wrote this time. */
export interface MailLine {
  readonly text: string
  readonly isCut: boolean
}

/** Pieces of this length are compared: shorter ones stand in any text by chance. */
const pieceLength = 12

/** The lines of a mail; what was quoted or taken for a signature is cut. Empty lines never are. */
export function linesOf({ text, freshText }: { text: string; freshText: string }): MailLine[] {
  const fresh = freshText.split('\n').filter((line) => line.trim() !== '')
  let next = 0
  return text.split('\n').map((line) => {
    if (line.trim() === '' || freshText === '') return { text: line, isCut: false }
    const isFresh = line.trimEnd() === fresh[next]?.trimEnd()
    if (isFresh) next += 1
    return { text: line, isCut: !isFresh }
  })
}

/** The cut lines, of which the first are the newest. */
export function cutText(lines: readonly MailLine[], maxLength: number): string {
  const cut = lines.filter(({ isCut }) => isCut).map(({ text }) => text)
  return cut.join('\n').slice(0, maxLength).toWellFormed()
}

/** Texts we hold, and whether something stands in them whatever its quote marks, wrapping and typography. */
export interface History {
  holds(text: string, around?: { before?: string | undefined; after?: string | undefined }): boolean
}

/** By pieces in a set, so that no text takes more than linear time. */
export function historyOf(texts: readonly string[]): History {
  const pieces = new Set<string>()
  const lines = new Set<string>()
  for (const text of texts) {
    const bare = text.split('\n').map(bareText)
    for (const line of bare) lines.add(line)
    for (const piece of piecesOf(bare.join(''))) pieces.add(piece)
  }
  const isCovered = (bare: string) => bare.length >= pieceLength && piecesOf(bare).every((piece) => pieces.has(piece))
  return {
    holds(text, { before = '', after = '' } = {}) {
      const bare = bareText(text)
      if (bare.length >= pieceLength) return isCovered(bare)
      // The end of a wrapped line is known by the line it belongs to.
      return bare === '' || lines.has(bare) || isCovered(bareText(before) + bare) || isCovered(bare + bareText(after))
    },
  }
}

/** The lines without those cut ones that stand in the history. */
export function withoutHeld(lines: readonly MailLine[], history: History): MailLine[] {
  return lines.filter(({ text, isCut }, index) => {
    if (!isCut) return true
    const around = { before: lines[index - 1]?.text, after: lines[index + 1]?.text }
    return !history.holds(text, around)
  })
}

/** Letters, digits and question marks: all that changes nothing when a text is quoted is left out. */
function bareText(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}?؟]+/gu, '')
}

function piecesOf(bare: string): string[] {
  return Array.from({ length: Math.max(0, bare.length - pieceLength + 1) }, (_, at) => bare.slice(at, at + pieceLength))
}
