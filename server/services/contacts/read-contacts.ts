import { contactLimits, Instant } from '../../../shared-types/index.ts'
import { AppError } from '../../errors.ts'
import { readAddress } from '../../mail/canonical-address.ts'
import { type Field, fieldOf, unneutralised } from './csv-columns.ts'
import { type CsvLine, readLines } from './csv-lines.ts'

/** A contact as a file has it; what its cells leave empty is not told. */
export interface ToldContact {
  readonly line: number
  readonly address: string
  readonly otherAddresses: readonly string[]
  readonly name: string | undefined
  readonly company: string | undefined
  readonly notes: string | undefined
  readonly lastContactedAt: string | undefined
}

export interface RefusedLine {
  readonly line: number
  readonly refusal: string
}

/** CSV_UNREADABLE where the first line names no column of addresses; CSV_TOO_LONG. */
export async function readContacts(csv: string, now: string): Promise<(ToldContact | RefusedLine)[]> {
  const [head, ...lines] = await readLines(csv)
  const columns = head?.cells.map((heading) => fieldOf(unneutralised(heading))) ?? []
  if (!columns.includes('address')) {
    const message =
      'The first line must name the columns, one of them “E-mail Address” or, as Google has it, “E-mail 1 - Value”.'
    throw new AppError('CSV_UNREADABLE', message)
  }
  return lines.map((line) => readContact(line, columns, now))
}

function readContact(
  { line, cells, fault }: CsvLine,
  columns: readonly (Field | undefined)[],
  now: string,
): ToldContact | RefusedLine {
  const refused = (refusal: string) => ({ line, refusal })
  if (fault !== undefined) return refused(fault)
  if (cells.length > columns.length) return refused('This line has more values than there are columns.')
  if (cells.some((cell) => cell.includes('\0') || !cell.isWellFormed())) {
    return refused('This line holds characters that cannot be stored.')
  }
  const valuesOf = (field: Field) =>
    cells.flatMap((cell, index) => (columns[index] === field ? unneutralised(cell).trim() || [] : []))
  const written = [...valuesOf('address'), ...valuesOf('otherAddress')].flatMap((cell) =>
    // Longer than all of them together it is not looked at.
    cell
      .slice(0, 20_000)
      .split(/\s+/)
      .filter((word) => word !== '' && word !== ':::'),
  )
  const addresses = [...new Set(written.map(readAddress))]
  const [address, ...otherAddresses] = addresses.filter((read) => read !== null)
  if (written.length === 0) return refused('There is no e-mail address in this line.')
  if (address === undefined || addresses.includes(null)) return refused('What stands for an e-mail address is none.')
  if (otherAddresses.length > contactLimits.otherAddresses) {
    return refused(`A contact has at most ${contactLimits.otherAddresses} further addresses.`)
  }
  const oneLine = (values: readonly string[]) => values.join(' ').replace(/\s+/g, ' ') || undefined
  const told = {
    name: oneLine(valuesOf('name').slice(0, 1)) ?? oneLine(valuesOf('namePart')),
    company: oneLine(valuesOf('company').slice(0, 1)),
    notes: valuesOf('notes')[0],
  }
  for (const field of ['name', 'company', 'notes'] as const) {
    const most = contactLimits[field]
    if ((told[field]?.length ?? 0) > most) return refused(`The ${field} of this line has more than ${most} characters.`)
  }
  const lastContactedAt = valuesOf('lastContactedAt')[0]
  if (lastContactedAt !== undefined && !(Instant.safeParse(lastContactedAt).success && lastContactedAt <= now)) {
    return refused('“Last Contacted” must be a moment in the past, such as 2026-03-29T07:30:00.000Z.')
  }
  return { line, address, otherAddresses, ...told, lastContactedAt }
}
