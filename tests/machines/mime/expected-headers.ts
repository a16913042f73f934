import type { ParsedMail } from '../../../server/mail/fields.ts'
import { corpusFile } from '../../support/corpus.ts'
import { addressLine, type Expectation, squeeze } from './expectation.ts'

interface Person {
  readonly name: string | null
  readonly address: string | null
}
/** What a list expects of a value: people, a text, or ids. */
type Expected = { List: Person[] } | { Group: { addresses: Person[] }[] } | string | string[] | null

/** stalwartlabs/mail-parser's lists of single header values, each put into a mail; dates and types are not used here. */
export function headerExpectations(): Expectation[] {
  return [
    ...expectations('address', 'To', (mail, expected) => [addressLine(peopleOf(expected)), addressLine(mail.to)]),
    ...expectations('unstructured', 'Subject', (mail, expected) => [textsOf(expected).join(''), mail.subject]),
    ...expectations('id', 'References', (mail, expected) => [
      textsOf(expected)
        .map((id) => `<${id}>`)
        .join(' '),
      mail.references.join(' '),
    ]),
  ]
}

function expectations(
  list: string,
  name: string,
  pair: (mail: ParsedMail, expected: Expected) => [wanted: string, got: string],
): Expectation[] {
  const path = `mime/stalwart-mail-parser/headers/${list}.json`
  const rows: { header: string; expected: Expected }[] = JSON.parse(corpusFile(path).toString())
  return rows.map(({ header, expected }, index) => ({
    name: `${path}#${index}`,
    raw: Buffer.from(`${name}: ${header}\nFrom: ann@example.com\n\ntext\n`),
    differences(mail) {
      const [wanted, got] = pair(mail, expected)
      return squeeze(wanted) === squeeze(got) ? [] : [`${wanted} / ${got}`]
    },
  }))
}

function textsOf(expected: Expected): string[] {
  return typeof expected === 'string' ? [expected] : Array.isArray(expected) ? expected : []
}

function peopleOf(expected: Expected): { name: string; address: string }[] {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) return []
  const people = 'List' in expected ? expected.List : expected.Group.flatMap(({ addresses }) => addresses)
  return people.flatMap(({ name, address }) => (isMailbox(address) ? [{ name: name ?? '', address }] : []))
}

/** The list holds `List-*` values as well, whose addresses are links. */
function isMailbox(address: string | null): address is string {
  return address !== null && address.includes('@') && !/^[a-z]+:/i.test(address)
}
