import type { Direction } from '../../shared-types/index.ts'
import type { Voice } from '../model-question.ts'

const longestLine = 60
const greetings =
  /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|hey|moin|servus|lieber?|liebste[rs]?|guten (?:tag|morgen|abend)|sehr geehrter?|bonjour|bonsoir|salut|coucou|ch(?:er|ère)s?|hola|buen(?:os|as) (?:días|tardes|noches)|querid[oa]s?|estimad[oa]s?)(?![\p{L}])/iu
const titles = /^(?:mr|mrs|ms|dr|prof|frau|herr|mme|madame|m|monsieur|sra?|señora?|don|doña)$/i
const closings =
  /^(?:(?:best|kind|warm|many)(?: regards| wishes| thanks)?|regards|cheers|thanks|all the best|yours|sincerely|see you|(?:viele|liebe|herzliche|beste|schöne|mit freundlichen|mit besten)(?:n)? gr(?:ü|ue)(?:ß|ss)en?|gr(?:u|ü)(?:ß|ss)e?|lg|vg|mfg|cordialement|bien (?:cordialement|à (?:vous|toi))|amicalement|à bientôt|bises|(?:un )?(?:cordial |afectuoso )?saludos?|un abrazo|abrazos|atentamente)(?![\p{L}])/iu

interface Mail {
  readonly direction: Direction
  readonly freshText: string
  readonly ownText: string
  readonly receivedAt: string
}

/**
 * How the owner writes, from what was looked up of theirs: the greeting and closing of their newest mails to this person,
 * word for word, and how long they and their replies to others are. Undefined where nothing of theirs is there.
 */
export function voiceOf({
  toThem,
  toOthers,
  correspondent,
}: {
  toThem: readonly Mail[]
  toOthers: readonly Mail[]
  correspondent: string
}): Voice | undefined {
  const own = toThem
    .filter(({ direction }) => direction === 'out')
    .toSorted((a, b) => b.receivedAt.localeCompare(a.receivedAt))
  if (own.length + toOthers.length === 0) return undefined
  const lines = own.map(({ ownText }) => linesOf(ownText))
  const greeting = lines.map(greetingIn).find((line) => line !== undefined && greets(line, correspondent))
  const closing = lines.map(closingIn).find((line) => line !== undefined)
  const words = medianOf([...own, ...toOthers].map(({ freshText }) => linesOf(freshText).join(' ').split(' ').length))
  return { words, ...(greeting !== undefined && { greeting }), ...(closing !== undefined && { closing }) }
}

function linesOf(text: string): string[] {
  return text
    .slice(0, 4_000)
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
}

function greetingIn([first = '']: readonly string[]): string | undefined {
  return first.length <= longestLine && /[,!:]$/.test(first) && greetings.test(first) ? first : undefined
}

/** They may have been in copy of a mail that greets somebody else: their own name stands in it, or none. */
function greets(line: string, correspondent: string): boolean {
  const rest = line.replace(greetings, '').replaceAll(/[,!:.]/g, ' ')
  const names = rest.split(' ').filter((word) => word !== '' && !titles.test(word))
  const known = new Set(correspondent.toLowerCase().split(/[\s.,-]+/))
  return names.flatMap((name) => name.toLowerCase().split('-')).every((name) => known.has(name))
}

/** Below the last sentence stand at most a closing, a name and a line or two of a signature. */
function closingIn(lines: readonly string[]): string | undefined {
  return lines
    .slice(1)
    .slice(-4)
    .find((line) => line.length <= longestLine / 2 && closings.test(line))
}

function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
