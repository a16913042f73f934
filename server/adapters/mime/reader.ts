import { type ParsedMail as Parsed, simpleParser, type SimpleParserOptions, type StructuredHeader } from 'mailparser'
import { messageOf } from '../../errors.ts'
import type { MailFlag } from '../../../shared-types/index.ts'
import type { MailReading, ParsedMail } from '../../mail/fields.ts'
import { withoutReplyMarks } from '../../mail/reply-marks.ts'
import { normaliseRaw } from './bytes.ts'
import { fieldsOf, headerFindings } from './fields.ts'
import { keepFlowedMarks } from './flowed.ts'
import { freshTextOf } from './fresh-text.ts'
import type { Evidence } from './quoted-history.ts'
import { boundHeader, headerBlock } from './header-block.ts'
import { sanitiseHtml } from './html/sanitise.ts'
import { partsOf } from './parts.ts'
import { unknownTexts } from './part-text.ts'
import { toReading } from './reading.ts'
import { boundStructure } from './structure.ts'
import { cutBytes, visibleLine, visibleLines } from './text.ts'
import { visibleText } from './visible-text.ts'

const maxTextBytes = 500_000

/**
 * Reads a mail in stages, each reading better than the one before: headers, text, HTML, and last what is new in the
 * text. Whoever runs out of time keeps the best so far. Never throws.
 */
export async function* readMail(given: Buffer, { headersOnly }: { headersOnly: boolean }): AsyncGenerator<MailReading> {
  if (given.length === 0) {
    yield { kind: 'quarantined', mail: null, problem: 'The message is empty.' }
    return
  }
  const problems = new Set<string>()
  let mail: ParsedMail | null = null
  try {
    const bounded = boundHeader(keepFlowedMarks(normaliseRaw(given)))
    const { raw, problem } = boundStructure(bounded.raw)
    for (const limit of [bounded.problem, problem]) if (limit) problems.add(limit)
    const head = await simpleParser(headerBlock(raw), options)
    const oddities = headerFindings(head)
    oddities.problems.forEach((oddity) => problems.add(oddity))
    mail = flagged(fieldsOf(head), oddities.flags)
    yield toReading(mail, headersOnly ? problems : [...problems, 'Only the headers could be read.'])
    if (headersOnly) return

    const whole = await simpleParser(raw, options)
    mail = flagged({ ...mail, ...partsOf(whole) }, mail.flags)
    mail = withText(mail, whole, problems)
    yield toReading(mail, whole.html ? [...problems, 'The HTML could not be read.'] : problems)

    if (whole.html) {
      const { html, problem: cut, flags } = sanitiseHtml(whole.html)
      if (cut) problems.add(cut)
      mail = withText(flagged({ ...mail, html }, flags), whole, problems)
      yield toReading(mail, problems)
    }
    yield toReading({ ...mail, freshText: freshTextOf(mail.text, evidenceOf(mail, whole)) }, problems)
  } catch (error) {
    yield toReading(mail, [...problems, `Not all of it could be read: ${visibleLine(messageOf(error), 200)}.`])
  }
}

/** What is attached at this position, as `readMail` counts; null when there is nothing. Never throws. */
export async function readAttachment(given: Buffer, position: number): Promise<Buffer | null> {
  try {
    const { raw } = boundStructure(boundHeader(keepFlowedMarks(normaliseRaw(given))).raw)
    const { attachments } = await simpleParser(raw, options)
    return attachments[position]?.content ?? null
  } catch {
    return null
  }
}

const options: SimpleParserOptions = {
  // Nothing is converted, and textConversionError tells of an HTML part that has no text beside it.
  maxHtmlLengthToParse: 0,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  checksumAlgo: false,
  // A mail inside a mail is shown as an attachment, and so is what a report tells machines.
  ignoreEmbedded: true,
  keepDeliveryStatus: true,
  maxHeadSize: 256_000,
  maxChildNodes: 600,
}

/** Outlook marks what it answers in the HTML, or at least its own hand: no form is written with Word. */
function evidenceOf(mail: ParsedMail, { html, headers }: Parsed): Evidence {
  const type = headers.get('content-type') as StructuredHeader | undefined
  const isMarked = /\bid=["']?(?:x_)*divRplyFwdMsg\b|\bclass=["']?WordSection1\b/i.test(html || '')
  const isNamed = mail.inReplyTo !== null || mail.references.length > 0
  return {
    sender: mail.from,
    isReply: isNamed || isMarked || withoutReplyMarks(mail.subject) !== mail.subject.trim(),
    isFlowed: /^flowed$/i.test(type?.params['format'] ?? ''),
  }
}

function flagged(mail: ParsedMail, flags: Iterable<MailFlag>): ParsedMail {
  return { ...mail, flags: [...new Set([...mail.flags, ...flags])] }
}

/** All of the text counts as fresh until somebody has looked for quotations in it. */
function withText(
  mail: ParsedMail,
  { text, textConversionError, attachments, headers }: Parsed,
  problems: Set<string>,
): ParsedMail {
  const seen = visibleText({ plain: text ?? '', html: mail.html, isAlternative: !textConversionError })
  // Inside an alternative such a part is a third form of the same.
  const type = headers.get('content-type') as StructuredHeader | undefined
  const isOther = /^multipart\/alternative$/i.test(type?.value ?? '') && seen.text.trim() !== ''
  const more = isOther ? '' : unknownTexts(attachments)
  const all = more.trim() === '' ? seen.text : `${seen.text}\n${visibleLines(more)}`
  const bounded = cutBytes(all, maxTextBytes)
  if (bounded !== all) problems.add('The text is too long and was cut.')
  const plainText = cutBytes(visibleLines(text ?? ''), maxTextBytes)
  return flagged({ ...mail, text: bounded, plainText, freshText: bounded }, seen.flags)
}
