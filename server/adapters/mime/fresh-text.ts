import EmailReplyParser from 'email-reply-parser'
import { type Evidence, isAttribution, withoutHistory } from './quoted-history.ts'
import { isDevice, isForReader, isSignature, withoutSignature } from './signature.ts'

/** The library is asked about no more than this: its work grows much faster than the text. */
const maxLength = 16_000
const maxAttributionLines = 4

/**
 * What the sender wrote this time: the text without quoted history and signature, or all of it when that leaves
 * nothing. Nobody reads what is left out, so in doubt it is kept: the library knows many programs' wordings, but what
 * it hides counts only where our own marks say so too. Runs in the parsing worker only: the library hangs on hostile
 * runs of blanks and newlines.
 */
export function freshTextOf(text: string, evidence: Evidence): string {
  const answered = withoutHistory(text.split('\n'), evidence)
  const fresh = withoutSignature(seenByLibrary(answered, evidence), evidence.sender).join('\n')
  const trimmed = fresh
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .replace(/\n(?:[^\S\n]*\n){2,}/g, '\n\n')
    .trimEnd()
  return trimmed.trim() === '' ? text : trimmed
}

/** The lines that the library leaves or hides in error, as they were written; it changes blanks and joins lines. */
function seenByLibrary(lines: readonly string[], evidence: Evidence): string[] {
  const candidates = lines.map(disarm)
  const calm = candidates
    .map((line) => line.replace(/[^\S\n]{3,}/g, '  '))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
  const asked = calm.slice(0, maxLength).toWellFormed()
  const left = new EmailReplyParser().parseReply(asked).split('\n')
  // Nothing hidden in the beginning of a long text says nothing about its end.
  if (calm.length > maxLength && left.join('').length > asked.length * 0.95) return [...lines]
  const chosen = new Set(aligned(candidates, left.map(squeeze)))
  const kept: string[] = []
  for (let index = 0; index < lines.length;) {
    const end = endOfHidden(lines, chosen, index)
    const hidden = lines.slice(index, end)
    if (end === index) kept.push(lines[index] ?? '')
    else if (isHiddenRightly(hidden, end === lines.length, evidence)) kept.push('')
    else kept.push(...hidden)
    index = Math.max(end, index + 1)
  }
  return kept
}

/** Where a run of hidden lines that begins here ends; empty lines at its end belong to it. */
function endOfHidden(lines: readonly string[], chosen: ReadonlySet<number>, start: number): number {
  if (chosen.has(start) || (lines[start] ?? '').trim() === '') return start
  let end = start
  while (end < lines.length && !chosen.has(end)) end += 1
  return end
}

/** A signature at the end, who is quoted, or all below such a line when the mail is an answer. */
function isHiddenRightly(hidden: readonly string[], isLast: boolean, { sender, isReply }: Evidence): boolean {
  const written = hidden.filter((line) => line.trim() !== '')
  if (isLast && isSignature(hidden, sender)) return true
  // Whoever answers on a telephone writes above what is answered.
  if (isLast && isReply && isDevice(written[0] ?? '') && !written.some(isForReader)) return true
  const counts = Array.from({ length: Math.min(maxAttributionLines, written.length) }, (_, index) => index + 1)
  const named = counts.find((count) => isAttribution(written.slice(0, count)))
  if (named === undefined) return isLast && isReply && /^\W{0,5}-{2,}\s?\p{L}[^-]{3,50}-{2,}/u.test(written[0] ?? '')
  if (named === written.length) return true
  const whole = written.slice(0, named).join(' ')
  return isLast && (isReply || (/@/.test(whole) && /\d{1,2}[:.]\d{2}/.test(whole)))
}

/** Which of these lines have candidates among the wanted, in their order. */
function aligned(candidates: readonly string[], wanted: readonly string[]): number[] {
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
  return chosen
}

/** The library takes any line that begins with `Sent from` for a telephone's signature, a sentence too. */
function disarm(line: string): string {
  return /^sent from\b.*\b(?:is|are|was|were)\b/i.test(line.slice(0, 200)) ? `- ${line}` : line
}

function squeeze(line: string): string {
  return line.replace(/\s+/g, '')
}
