import { setImmediate } from 'node:timers/promises'
import { type CsvError, parse } from 'csv-parse'
import { maxImportLines } from '../../../shared-types/index.ts'
import { AppError } from '../../errors.ts'

/** One entry of the file, or what is wrong with the line. */
export interface CsvLine {
  /** Where it begins, counted from 1. */
  readonly line: number
  readonly cells: readonly string[]
  readonly fault?: string
}

/** Read between two turns of the event loop. */
const chunkBytes = 16_384
/** A quote that never closes has all that follows read in vain: so much of that, and the file is refused. */
const maxBytesInVain = 20_000_000

/**
 * The entries of a file, whatever is wrong with some of them: behind a faulty line it is read on from the next one.
 * CSV_TOO_LONG, CSV_UNREADABLE.
 */
export async function readLines(text: string): Promise<CsvLine[]> {
  const file = Buffer.from(text.replace(/^\ufeff/, ''))
  const delimiter = delimiterOf(file)
  const lines: CsvLine[] = []
  const place = new Place(file)
  let inVain = 0
  for (let start = 0; start < file.length;) {
    const { end, fault, readTo } = await readFrom(file, start, { delimiter, lines, place })
    if (!fault) break
    inVain += Math.max(0, readTo - end - chunkBytes)
    const line = place.lineAt(end)
    if (inVain > maxBytesInVain) throw unreadable(line)
    lines.push({ line, cells: [], fault })
    assertFits(lines)
    start = place.nextLine()
  }
  return lines
}

interface Reading {
  readonly delimiter: string
  readonly lines: CsvLine[]
  readonly place: Place
}

/** Adds what can be read to `lines`; `end` is where the last entry before a fault ends. */
async function readFrom(file: Buffer, start: number, { delimiter, lines, place }: Reading) {
  let end = start
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    on_record(cells: string[], { bytes }) {
      lines.push({ line: place.lineAt(end), cells })
      end = start + bytes
      return null
    },
  })
  parser.on('error', () => undefined)
  parser.resume()
  let at = start
  while (at < file.length && !parser.errored) {
    parser.write(file.subarray(at, at + chunkBytes))
    at = Math.min(at + chunkBytes, file.length)
    await setImmediate()
    assertFits(lines)
  }
  if (!parser.errored) {
    parser.end()
    await setImmediate()
    assertFits(lines)
  }
  return { end, fault: parser.errored && sentenceOf(parser.errored as CsvError), readTo: at }
}

/** Counts lines along the file, once. */
class Place {
  readonly #file: Buffer
  #at = 0
  #line = 1

  constructor(file: Buffer) {
    this.#file = file
  }

  /** The line of the first entry at or behind `offset`, which is never before the one asked for last. */
  lineAt(offset: number): number {
    while (this.#at < offset || this.#isBreak()) this.#step()
    return this.#line
  }

  /** Where the next line begins. */
  nextLine(): number {
    while (this.#at < this.#file.length && !this.#isBreak()) this.#step()
    this.#step()
    return this.#at
  }

  #isBreak(): boolean {
    const byte = this.#file[this.#at]
    return byte === 10 || byte === 13
  }

  #step(): void {
    const isPair = this.#file[this.#at] === 13 && this.#file[this.#at + 1] === 10
    if (this.#isBreak()) this.#line++
    this.#at += isPair ? 2 : 1
  }
}

function assertFits(lines: readonly CsvLine[]): void {
  // The first names the columns.
  if (lines.length <= maxImportLines + 1) return
  throw new AppError('CSV_TOO_LONG', `A file may hold ${maxImportLines} contacts at most. Import it in several parts.`)
}

function unreadable(line: number): AppError {
  return new AppError('CSV_UNREADABLE', `Too many quotes in this file do not close, such as the one in line ${line}.`)
}

function sentenceOf({ code }: CsvError): string {
  return code === 'CSV_QUOTE_NOT_CLOSED'
    ? 'A quote opens here and is not closed.'
    : 'A quote stands here in the middle of a value. Put the whole value in quotes, and double those inside.'
}

/** What the first line has most of, outside quotes. */
function delimiterOf(file: Buffer): string {
  const head =
    file
      .subarray(0, chunkBytes)
      .toString()
      .replace(/"[^"]*"/g, '')
      .split(/[\r\n]/, 1)[0] ?? ''
  const count = (delimiter: string) => head.split(delimiter).length
  return [',', ';', '\t'].reduce((best, other) => (count(other) > count(best) ? other : best))
}
