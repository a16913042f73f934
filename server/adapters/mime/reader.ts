import { type Attachment, type ParsedMail as Parsed, simpleParser, type SimpleParserOptions } from 'mailparser'
import { messageOf } from '../../errors.ts'
import type { ParsedMail } from '../../ports.ts'
import { addressesOf, senderOf } from './addresses.ts'
import { headerBlock, normaliseRaw } from './bytes.ts'
import { freshTextOf } from './fresh-text.ts'
import { keptHeaders, repeatedHeaders } from './headers.ts'
import { htmlToLines, sanitiseHtml } from './html.ts'
import { cutBytes, safeFilename, visibleLine, visibleLines } from './text.ts'

export interface Reading {
  readonly mail: ParsedMail | null
  readonly problem: string | null
}

const maxTextBytes = 500_000
const maxAttachments = 500
const maxReferences = 100

/**
 * Reads a mail in stages, each reading better than the one before: headers, text, HTML, and last what is new in the
 * text. Whoever runs out of time keeps the best so far. Never throws.
 */
export async function* readMail(given: Buffer, { headersOnly }: { headersOnly: boolean }): AsyncGenerator<Reading> {
  const raw = normaliseRaw(given)
  const problems: string[] = []
  const reading = (mail: ParsedMail | null, passing?: string): Reading => {
    const all = passing ? [...problems, passing] : problems
    return { mail, problem: all.length === 0 ? null : all.join(' ') }
  }
  if (raw.length === 0) {
    yield { mail: null, problem: 'The message is empty.' }
    return
  }
  let mail: ParsedMail | null = null
  try {
    const head = await simpleParser(headerBlock(raw), options)
    problems.push(...headProblems(head))
    mail = fieldsOf(head)
    yield reading(mail, headersOnly ? undefined : 'Only the headers could be read.')
    if (headersOnly) return

    const whole = await simpleParser(raw, options)
    const plain = visibleLines(whole.text ?? '')
    mail = withText({ ...mail, attachments: attachmentsOf(whole.attachments) }, plain, problems)
    yield reading(mail, whole.html ? 'The HTML could not be read.' : undefined)

    if (whole.html) {
      const html = sanitiseHtml(whole.html)
      if (html === null) problems.push('The HTML is too large and was left out.')
      const text = joinTexts(plain, html ? visibleLines(htmlToLines(html)) : '', whole)
      mail = withText({ ...mail, html }, text, problems)
      yield reading(mail)
    }
    mail = { ...mail, freshText: freshTextOf(mail.text) }
    yield reading(mail)
  } catch (error) {
    yield reading(mail, `Not all of it could be read: ${visibleLine(messageOf(error), 200)}.`)
  }
}

const options: SimpleParserOptions = {
  // Nothing is converted, and textConversionError tells of an HTML part that has no text beside it.
  maxHtmlLengthToParse: 0,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  checksumAlgo: false,
  maxHeadSize: 256_000,
  maxChildNodes: 500,
}

function headProblems({ headerLines, from }: Parsed): string[] {
  const repeated = repeatedHeaders(headerLines)
  const { from: sender, hasMore } = senderOf(from)
  return [
    ...(sender.address === '' ? ['No sender address is given.'] : []),
    ...(hasMore ? ['Several senders are named; the first counts.'] : []),
    ...(repeated.length > 0 ? [`Repeated headers, the first counts: ${repeated.join(', ')}.`] : []),
  ]
}

function fieldsOf(head: Parsed): ParsedMail {
  return {
    messageId: idsIn(head.messageId)[0] ?? null,
    inReplyTo: idsIn(head.inReplyTo)[0] ?? null,
    references: idsIn([head.references ?? []].flat().join(' ')).slice(-maxReferences),
    subject: visibleLine(head.subject ?? '', 998),
    from: senderOf(head.from).from,
    to: addressesOf(head.to),
    cc: addressesOf(head.cc),
    bcc: addressesOf(head.bcc),
    replyTo: addressesOf(head.replyTo),
    text: '',
    freshText: '',
    html: null,
    headers: keptHeaders(head.headerLines),
    attachments: [],
  }
}

/** Message ids in angle brackets, up to the length of a header line; anything else is no id. */
function idsIn(value: string | undefined): string[] {
  return visibleLines(value ?? '').match(/<[\x21-\x3B\x3D\x3F-\x7E]{1,990}>/g) ?? []
}

function withText(mail: ParsedMail, text: string, problems: string[]): ParsedMail {
  const bounded = cutBytes(text, maxTextBytes)
  const problem = 'The text is too long and was cut.'
  if (bounded !== text && !problems.includes(problem)) problems.push(problem)
  return { ...mail, text: bounded, freshText: bounded }
}

/** Plain text where there is some; HTML beside it that says something else joins in its place. */
function joinTexts(plain: string, fromHtml: string, { textConversionError }: Parsed): string {
  if (plain.trim() === '') return fromHtml
  if (!textConversionError) return plain
  // mailparser leaves an empty line where such a part was.
  return plain.startsWith('\n') ? `${fromHtml}\n${plain}` : `${plain}\n${fromHtml}`
}

function attachmentsOf(attachments: readonly Attachment[]): ParsedMail['attachments'] {
  return attachments.slice(0, maxAttachments).map(({ filename, contentType, size }) => ({
    filename: safeFilename(filename),
    mimeType: /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(contentType)
      ? contentType.toLowerCase()
      : 'application/octet-stream',
    sizeBytes: size,
  }))
}
