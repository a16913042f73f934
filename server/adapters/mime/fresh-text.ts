import EmailReplyParser from 'email-reply-parser'
import type { Address } from '../../../shared-types/index.ts'
import { withoutHistory } from './history.ts'
import { withoutSignature } from './signature.ts'

/** The library is asked about no more than this: its work grows much faster than the text. */
const maxLength = 16_000

/**
 * What the sender wrote this time: the text without quoted history and signature, or all of it when that leaves
 * nothing. Our own rules know the marks that every language shares; the library knows many programs' wordings. Runs in
 * the parsing worker only: the library hangs on hostile runs of blanks and newlines.
 */
export function freshTextOf(text: string, sender: Address): string {
  const answered = withoutHistory(text.split('\n'))
  const fresh = withoutSignature(seenByLibrary(answered), sender).join('\n')
  const trimmed = fresh
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .replace(/\n(?:[^\S\n]*\n){2,}/g, '\n\n')
    .trimEnd()
  return trimmed.trim() === '' ? text : trimmed
}

/** The lines that the library leaves, as they were written; it changes blanks and joins lines that it hides. */
function seenByLibrary(lines: readonly string[]): string[] {
  const candidates = lines.map(disarm)
  const calm = candidates
    .map((line) => line.replace(/[^\S\n]{3,}/g, '  '))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
  const asked = calm.slice(0, maxLength).toWellFormed()
  const left = new EmailReplyParser().parseReply(asked).split('\n')
  // Nothing hidden in the beginning of a long text says nothing about its end.
  if (calm.length > maxLength && left.join('').length > asked.length * 0.95) return [...lines]
  return aligned(lines, candidates, left.map(squeeze))
}

/** Of these lines those whose candidates are among the wanted, in their order, with the empty lines above them. */
function aligned(lines: readonly string[], candidates: readonly string[], wanted: readonly string[]): string[] {
  const places = Map.groupBy(candidates.keys().toArray().reverse(), (index) => squeeze(candidates[index] ?? ''))
  const chosen: number[] = []
  let next = 0
  for (const line of wanted) {
    const left = line === '' ? [] : (places.get(line) ?? [])
    while ((left.at(-1) ?? next) < next) left.pop()
    const found = left.pop()
    if (found === undefined) continue
    chosen.push(found)
    next = found + 1
  }
  return chosen.flatMap((index, at) => [
    ...emptyLines(lines.slice((chosen[at - 1] ?? -1) + 1, index)),
    lines[index] ?? '',
  ])
}

/** What was left out between two lines leaves one empty line. */
function emptyLines(between: readonly string[]): readonly string[] {
  return between.every((line) => line.trim() === '') ? between : ['']
}

/** The library takes any line that begins with `Sent from` for a telephone's signature, a sentence too. */
function disarm(line: string): string {
  return /^sent from\b.*\b(?:is|are|was|were)\b/i.test(line.slice(0, 200)) ? `- ${line}` : line
}

function squeeze(line: string): string {
  return line.replace(/\s+/g, '')
}
