import { stripVTControlCharacters, styleText } from 'node:util'

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

/** Cut or filled to exactly `width` columns; an emoji or a full-width character takes two. */
export function fit(text: string, width: number): string {
  let used = 0
  let result = ''
  for (const { segment } of new Intl.Segmenter().segment(text.replaceAll(/\s+/g, ' '))) {
    const columns = /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/u.test(segment)
      ? 2
      : 1
    if (used + columns > width - 1 && stripVTControlCharacters(text).length > width)
      return `${result}…`.padEnd(width - used + result.length)
    result += segment
    used += columns
  }
  return result + ' '.repeat(Math.max(0, width - used))
}
