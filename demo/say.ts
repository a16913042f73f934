import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Colour where a terminal shows it. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

export function say(text = ''): void {
  console.log(text)
}

/** A line that tells what is going on: overwritten in a terminal, written once in a log. */
export function progress(text: string, isLast = false): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K${text}${isLast ? '\n' : ''}`)
  else if (isLast) console.log(text)
}

/** How wide a line may be. */
export function lineWidth(): number {
  return Math.min(Math.max(process.stdout.columns ?? 130, 60), 160)
}

/** Filled up to `width` columns, or cut. */
export function padTo(text: string, width: number): string {
  const line = cut(text, width)
  return line + ' '.repeat(Math.max(0, width - widthOf(line)))
}

/** At most `width` columns on one line; an emoji or a full-width character takes two. */
export function cut(text: string, width: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  if (widthOf(line) <= width) return line
  let result = ''
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    if (widthOf(result + segment) >= width) break
    result += segment
  }
  return `${result}…`
}

function widthOf(text: string): number {
  let width = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) width += isWide(segment) ? 2 : 1
  return width
}

function isWide(segment: string): boolean {
  return /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/u.test(segment)
}
