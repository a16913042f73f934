import { type HostileRuns, hostileRuns, hostileTexts } from './hostile.ts'

/** What grows faster than quadratically must show before a text is long enough to hang on. */
const first = [24, 400]
/** At the first of them all but a few are told apart from the slow ones, which only the last two prove. */
const screened = { length: 2_000, ms: 0.05 }
const compared = { length: 4_000, ms: 0.25 }

/** The beginning of a text on which a pattern takes more than linear time; undefined when none is known. */
export function slowText(expression: RegExp): string | undefined {
  const isSlow = (text: string) => {
    if (text.length < screened.length) return leastMs(expression, text, 10) > 10
    return leastMs(expression, text, screened.ms) > screened.ms && growsTooFast(expression, text)
  }
  return textThat(isSlow, expression, [...first, screened.length])
}

/** The same for one that meets texts of a known length only, which it must get through in 50 ms. */
export function slowTextOf(expression: RegExp, longest: number): string | undefined {
  const isSlow = (text: string) => leastMs(expression, text, 50) > 50
  return textThat(isSlow, expression, [...first.filter((length) => length < longest), longest])
}

/** The first keeps a slow pattern from hours with the second; a linear one takes a tenth of its milliseconds. */
const runs = [
  { length: 30_000, ms: 25 },
  { length: 1_000_000, ms: 400 },
]

/** Of a million characters with long runs of all that is hostile, so many as take too long; undefined for a linear one. */
export function tooManyCharacters(expression: RegExp): number | undefined {
  const isAnchored = expression.sticky || /(?<!\[)\^/.test(expression.source)
  const slow = runs.find(({ length, ms }) =>
    hostileRuns(expression.source, length)
      // What stands before a run means nothing to a search that begins at each.
      .slice(0, isAnchored && !expression.global ? 1 : 2)
      .some((text) => msForRuns(expression, text, isAnchored) > ms),
  )
  return slow?.length
}

/**
 * Like the product, a pattern that is not global looks for a single match: it begins anew at the runs which the last
 * search did not come to.
 */
function msForRuns(expression: RegExp, { text, starts }: HostileRuns, isAnchored: boolean): number {
  // Twice, so that what begins at any of the runs is as long.
  const round = expression.global ? text : text + text
  const begun = cpuMs()
  if (expression.global) text.replace(expression, '')
  let passed = -1
  for (const start of expression.global ? [] : starts) {
    if (start <= passed) continue
    expression.lastIndex = 0
    const match = expression.exec(round.slice(start, start + text.length))
    if (match) passed = start + match.index + match[0].length
    else if (!isAnchored) break
  }
  return cpuMs() - begun
}

function textThat(isSlow: (text: string) => boolean, { source }: RegExp, lengths: readonly number[]) {
  for (const length of lengths) {
    for (const text of hostileTexts(source, length)) if (isSlow(text)) return JSON.stringify(text.slice(0, 30))
  }
  return undefined
}

/** Four times the text: four times the work, or sixteen times. */
function growsTooFast(expression: RegExp, text: string): boolean {
  const long = lengthened(text, compared.length)
  const ms = leastMs(expression, long, compared.ms)
  if (ms < compared.ms) return false
  return leastMs(expression, lengthened(text, 4 * compared.length), 8 * ms) > 8 * ms
}

/** Both ends stay as they are. */
function lengthened(text: string, length: number): string {
  const middle = Math.floor(text.length / 2)
  const part = text.slice(middle, middle + Math.floor(text.length / 4))
  return text.slice(0, middle) + part.repeat(Math.ceil((length - text.length) / part.length)) + text.slice(middle)
}

/** Computing time, the least of three where the first looks slow: others use this machine too. */
function leastMs(expression: RegExp, text: string, enough: number): number {
  let least = Infinity
  for (let turn = 0; turn < 3 && least > enough; turn++) {
    expression.lastIndex = 0
    const start = cpuMs()
    if (expression.global) text.replace(expression, '')
    else expression.exec(text)
    least = Math.min(least, cpuMs() - start)
  }
  return least
}

/** Of the process: by that of the thread alone some planted patterns were not found. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
