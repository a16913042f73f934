/** What a column of a file holds, as far as we take it over. */
export type Field = 'address' | 'otherAddress' | 'name' | 'namePart' | 'company' | 'notes' | 'lastContactedAt'

/** The columns of our own file, in their order. */
export const ownColumns = ['Name', 'E-mail Address', 'Other Addresses', 'Company', 'Notes', 'Last Contacted'] as const

/** As Google Contacts, Outlook and `contacts.export` head their columns, in small letters. */
const fields: Readonly<Record<string, Field>> = {
  'e-mail address': 'address',
  'email address': 'address',
  'e-mail 1 - value': 'address',
  'email 1 - value': 'address',
  'e-mail': 'address',
  email: 'address',
  'other addresses': 'otherAddress',
  name: 'name',
  'display name': 'name',
  'full name': 'name',
  'given name': 'namePart',
  'first name': 'namePart',
  'additional name': 'namePart',
  'middle name': 'namePart',
  'family name': 'namePart',
  'last name': 'namePart',
  company: 'company',
  organization: 'company',
  organisation: 'company',
  'organization name': 'company',
  'organization 1 - name': 'company',
  notes: 'notes',
  note: 'notes',
  'last contacted': 'lastContactedAt',
}

export function fieldOf(heading: string): Field | undefined {
  const name = heading.trim().toLowerCase()
  if (/^e-?mail [2-9] (- value|address)$/.test(name)) return 'otherAddress'
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

/** Google's own mark between several values of one cell. No address holds a blank. */
export const betweenValues = ' ::: '

/** What a spreadsheet takes for a formula (OWASP, CSV Injection), and what looks like that after our own mark. */
const formula = /^'*[=+\-@\t\r\n＝＋－＠]/
const markedFormula = /^'+[=+\-@\t\r\n＝＋－＠]/

/** One more quote in front of what already has some, so that taking one off gives back what there was. */
export function neutralised(cell: string): string {
  return formula.test(cell) ? `'${cell}` : cell
}

export function unneutralised(cell: string): string {
  return markedFormula.test(cell) ? cell.slice(1) : cell
}
