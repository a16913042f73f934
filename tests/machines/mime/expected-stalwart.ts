import { htmlToLines } from '../../../server/adapters/mime/html/lines.ts'
import { sanitiseHtml } from '../../../server/adapters/mime/html/sanitise.ts'
import type { ParsedMail } from '../../../server/mail/fields.ts'
import { corpusFile, corpusFiles } from '../../support/corpus.ts'
import type { Expectation } from './expectation.ts'
import { addressLine, squeeze } from './expectation.ts'

interface Part {
  readonly headers: readonly { name: unknown; value: unknown }[]
  readonly body: { Text?: string; Html?: string; Binary?: number[]; InlineBinary?: number[]; Message?: object }
}
interface Expected {
  readonly text_body: readonly number[]
  readonly html_body: readonly number[]
  readonly attachments: readonly number[]
  readonly parts: readonly Part[]
}
interface Person {
  readonly name: string | null
  readonly address: string | null
}

/** stalwartlabs/mail-parser: what each of its mails must parse to, with LF and with CRLF line ends. */
export function stalwartExpectations(): Expectation[] {
  return corpusFiles('mime/stalwart-mail-parser', '.json')
    .filter(({ name }) => !name.includes('/headers/'))
    .map(({ name, read }) => {
      const raw = corpusFile(name.replace(/(?:\.crlf)?\.json$/, '.eml'))
      const isCrlf = name.endsWith('.crlf.json')
      const expected = JSON.parse(read().toString()) as Expected
      return { name, raw: isCrlf ? withCrlf(raw) : raw, differences: (mail) => differences(expected, mail) }
    })
}

/** Each byte is one character, so that only line ends change. */
function withCrlf(raw: Buffer): Buffer {
  return Buffer.from(raw.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
}

function differences(expected: Expected, mail: ParsedMail): string[] {
  const head = expected.parts[0]?.headers ?? []
  const found: string[] = []
  const compare = (what: string, wanted: string, got: string) => {
    if (squeeze(wanted) !== squeeze(got)) found.push(`${what}: ${wanted.slice(0, 80)} / ${got.slice(0, 80)}`)
  }
  compare('subject', textOf(head, 'subject'), mail.subject)
  compare('message id', textOf(head, 'message_id'), (mail.messageId ?? '').replace(/^<|>$/g, ''))
  compare(
    'from',
    addressLine(peopleOf(head, 'from').slice(0, 1)),
    addressLine([mail.from].filter(({ address }) => address !== '')),
  )
  compare('to', addressLine(peopleOf(head, 'to')), addressLine(mail.to))
  compare('cc', addressLine(peopleOf(head, 'cc')), addressLine(mail.cc))
  compare('reply-to', addressLine(peopleOf(head, 'reply_to')), addressLine(mail.replyTo))
  compare('attachments', String(attachedIn(expected).length), String(mail.attachments.length))
  // HTML counts where there is some, and plain text parts beside it are shown with it.
  const shown = [...new Set([...expected.html_body, ...expected.text_body])].map((index) => expected.parts[index]?.body)
  for (const body of shown) {
    const isCovered = body?.Html !== undefined || expected.html_body.every((at) => !expected.parts[at]?.body.Html)
    const words = body?.Html === undefined ? body?.Text : htmlToLines(sanitiseHtml(body.Html).html ?? '')
    if (isCovered && !squeeze(mail.text).includes(squeeze(words ?? ''))) {
      found.push(`text: ${words?.slice(0, 80)} / ${mail.text.slice(0, 80)}`)
    }
  }
  return found
}

/** What stands in the text is no attachment here, a picture among it is. */
function attachedIn({ attachments, parts, text_body, html_body }: Expected): number[] {
  const isShown = (index: number) => text_body.includes(index) || html_body.includes(index)
  return attachments.filter((index) => !isShown(index) || parts[index]?.body.Text === undefined)
}

interface Value {
  readonly Text?: string
  readonly Address?: { List?: Person[]; Group?: { addresses: Person[] }[] }
}

function valueOf(headers: Part['headers'], name: string): Value | undefined {
  const value = headers.find((header) => header.name === name)?.value
  return typeof value === 'object' && value !== null ? value : undefined
}

function textOf(headers: Part['headers'], name: string): string {
  return valueOf(headers, name)?.Text ?? ''
}

function peopleOf(headers: Part['headers'], name: string): { name: string; address: string }[] {
  const { List, Group } = valueOf(headers, name)?.Address ?? {}
  const people = List ?? Group?.flatMap(({ addresses }) => addresses) ?? []
  // Who has no address cannot be written to and is left out.
  return people.flatMap((person) =>
    person.address?.includes('@') ? [{ name: person.name ?? '', address: person.address }] : [],
  )
}
