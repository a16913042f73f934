import type { ParsedMail } from '../../../server/ports.ts'
import { corpusFile } from '../../support/corpus.ts'
import { addressLine, type Expectation, squeeze } from './expectation.ts'

interface Row<T> {
  readonly header: string
  readonly expected: T
}
interface Person {
  readonly name: string | null
  readonly address: string | null
}
type People = { List: Person[] } | { Group: { name: string | null; addresses: Person[] }[] } | 'Empty'

/** stalwartlabs/mail-parser's lists of single header values, each put into a mail; dates and types are not used here. */
export function headerExpectations(): Expectation[] {
  return [
    ...expectations<People>('address', 'To', (mail, expected) => [
      addressLine(peopleOf(expected)),
      addressLine(mail.to),
    ]),
    ...expectations<string>('unstructured', 'Subject', (mail, expected) => [expected ?? '', mail.subject]),
    ...expectations<string[]>('id', 'References', (mail, expected) => [
      (expected ?? []).map((id) => `<${id}>`).join(' '),
      mail.references.join(' '),
    ]),
  ]
}

function expectations<T>(list: string, name: string, pair: (mail: ParsedMail, expected: T) => [string, string]) {
  const path = `mime/stalwart-mail-parser/headers/${list}.json`
  const rows = JSON.parse(corpusFile(path).toString()) as Row<T>[]
  return rows.map(({ header, expected }, index): Expectation => ({
    name: `${path}#${index}`,
    raw: Buffer.from(`${name}: ${header}\nFrom: ann@example.com\n\ntext\n`),
    differences(mail) {
      const [wanted, got] = pair(mail, expected)
      return squeeze(wanted) === squeeze(got) ? [] : [`${wanted} / ${got}`]
    },
  }))
}

function peopleOf(expected: People): { name: string; address: string }[] {
  if (typeof expected !== 'object' || expected === null) return []
  const people = 'List' in expected ? expected.List : expected.Group.flatMap(({ addresses }) => addresses)
  return people.flatMap(({ name, address }) => (isMailbox(address) ? [{ name: name ?? '', address }] : []))
}

/** The list holds `List-*` values as well, whose addresses are links. */
function isMailbox(address: string | null): address is string {
  return address !== null && address.includes('@') && !/^[a-z]+:/i.test(address)
}
