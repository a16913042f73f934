/** What a pattern may meet: its own words and characters again and again, and near-misses at both ends. */
export function* hostileTexts(source: string, length: number): Generator<string> {
  const { words, characters } = piecesOf(source)
  const pieces = [...new Set([...words, ...characters])]
  for (const piece of pieces) {
    const many = repeat(piece, length)
    yield many
    yield `${many}\u0000`
    yield `\u0000${many}\u0000`
    yield `${repeat(`${piece} `, length)}\u0000`
    for (const start of words) if (start !== piece) yield `${start}${many}\u0000`
  }
}

export interface HostileRuns {
  readonly text: string
  /** Where each run begins. */
  readonly starts: readonly number[]
}

/**
 * A long run of each piece, after one of the pattern's words; and the other way round without, since what closes one
 * piece may be another.
 */
export function hostileRuns(source: string, length: number): HostileRuns[] {
  const { words, characters } = piecesOf(source)
  const pieces = [...new Set([...words, ...characters])]
  const each = Math.ceil(length / pieces.length)
  const runs = pieces.map((piece) => `${repeat(piece, each)}\u0000`)
  return [joined(runs.map((run, index) => (words[index % words.length] ?? '') + run)), joined(runs.toReversed())]
}

function joined(runs: readonly string[]): HostileRuns {
  const starts: number[] = []
  let text = ''
  for (const run of runs) {
    starts.push(text.length)
    text += run
  }
  return { text, starts }
}

function repeat(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
}

/** The words that stand in a pattern as they are, and one character of each kind that it names. */
function piecesOf(source: string): { words: string[]; characters: string[] } {
  const escaped = /\\(?:[pPkux](?:\{[^}]*\})?|[a-zA-Z])/g
  const classes = [...source.matchAll(/\[\^?((?:\\.|[^\]\\])+)\]/g)].map(([, inside = '']) => inside)
  const words = source
    .replace(/\[\^?(?:\\.|[^\]\\])+\]/g, ' ')
    .replace(escaped, ' ')
    // An escaped character is itself; out of the way of those that mean something.
    .replace(/\\(.)/g, (_all, character: string) => String.fromCharCode(character.charCodeAt(0) + 0xe000))
    .replace(/\{[\d,]+\}|\(\?<?[:=!]/g, ' ')
    .split(/[\s()|^$.*+?]+/)
    .map((word) => word.replace(/[\uE000-\uE0FF]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xe000)))
    .filter((word) => word !== '')
  const named = classes.join('').replace(escaped, '')
  const punctuation = (named + words.join('')).match(/[^\p{L}\p{N}\s\\]/gu) ?? []
  return {
    words: words.slice(0, 12),
    characters: [...new Set([' ', '\t', '\n', 'a', '1', ...punctuation])].slice(0, 20),
  }
}
