import type { SourceFile } from 'typescript/unstable/ast'
import { isCallExpression, isPropertyAccessExpression, isRegularExpressionLiteral } from 'typescript/unstable/ast/is'
import { nodesOf, placeOf } from '../steps/program.ts'
import { hostileTexts } from './hostile.ts'

/** A regular expression as it stands in the source. */
export interface Pattern {
  /** `server/mail/fields.ts /\s+/g`: without its line, which moves. */
  readonly name: string
  readonly place: string
  readonly expression: RegExp
}

export function findPatterns(files: readonly SourceFile[]): Pattern[] {
  return files
    .flatMap((file) => [...nodesOf(file)])
    .filter(isRegularExpressionLiteral)
    .map((node) => {
      const text = node.getText()
      const end = text.lastIndexOf('/')
      const call = node.parent
      const isSplit =
        isCallExpression(call) &&
        isPropertyAccessExpression(call.expression) &&
        call.expression.name.getText() === 'split'
      const flags = text.slice(end + 1)
      const place = placeOf(node)
      return {
        name: `${place.replace(/:\d+$/, '')} ${text}`,
        place,
        // Splitting looks for every match, whatever the flags say.
        expression: new RegExp(text.slice(1, end), isSplit && !flags.includes('g') ? `${flags}g` : flags),
      }
    })
}

/** What grows faster than quadratically must show before a text is long enough to hang on. */
const first = [24, 400]
const long = 8_000

/** The beginning of a text on which a pattern takes more than linear time; undefined when none is known. */
export function slowText({ expression }: Pick<Pattern, 'expression'>): string | undefined {
  const isSlow = (text: string) =>
    text.length < long ? leastMs(expression, text, 10) > 10 : growsTooFast(expression, text)
  return textThat(isSlow, expression, [...first, long])
}

/** The same for one that meets texts of a known length only, which it must get through in 50 ms. */
export function slowTextOf({ expression }: Pick<Pattern, 'expression'>, longest: number): string | undefined {
  const lengths = [...first.filter((length) => length < longest), longest]
  return textThat((text) => leastMs(expression, text, 50) > 50, expression, lengths)
}

function textThat(isSlow: (text: string) => boolean, { source }: RegExp, lengths: readonly number[]) {
  for (const length of lengths) {
    for (const text of hostileTexts(source, length)) if (isSlow(text)) return JSON.stringify(text.slice(0, 30))
  }
  return undefined
}

/** Four times the text: four times the work, or sixteen times. */
function growsTooFast(expression: RegExp, text: string): boolean {
  const enough = 2
  const ms = leastMs(expression, text, enough)
  if (ms < enough) return false
  const middle = Math.floor(text.length / 2)
  const part = text.slice(middle, middle + 1_000)
  const longer = text.slice(0, middle) + part.repeat(Math.ceil((3 * text.length) / part.length)) + text.slice(middle)
  return leastMs(expression, longer, 8 * ms) > 8 * ms
}

/** Computing time, the least of three where the first looks slow: others use this machine too. */
function leastMs(expression: RegExp, text: string, enough: number): number {
  let least = Infinity
  for (let turn = 0; turn < 3 && least > enough; turn++) {
    expression.lastIndex = 0
    const start = process.cpuUsage()
    if (expression.global) text.replace(expression, '')
    else expression.exec(text)
    const { user, system } = process.cpuUsage(start)
    least = Math.min(least, (user + system) / 1_000)
  }
  return least
}
