import type { Reason } from '../../../shared-types/index.ts'
import type { MailReading } from '../../mail/fields.ts'
import { wordsOf } from '../../mail/likeness.ts'

/**
 * What of a reply must be as it was approved, once it is a Gmail draft. From is Gmail's own affair: it writes its
 * account's address there.
 */
export interface ReplyContent {
  readonly threadId: string
  readonly inReplyTo: string | null
  /** Our mark; what Gmail's page saves anew carries none. */
  readonly outboxId: string | null
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly subject: string
  /** Both forms of the text as words; Gmail may have one alone. Links and formatting are not compared. */
  readonly plain: string
  readonly formatted: string | null
  readonly attachments: readonly string[]
  /** What could not be read of it. */
  readonly problem: string | null
}

/** The content of a mail that was read. Addresses are in the parser's one spelling, so that two are the same or differ. */
export function contentOf({ mail, problem }: MailReading, threadId: string): ReplyContent {
  const addresses = (kind: 'to' | 'cc' | 'bcc') => (mail?.[kind] ?? []).map(({ address }) => address)
  return {
    threadId,
    inReplyTo: mail?.inReplyTo ?? null,
    outboxId: mail?.headers['x-reasonflow-outbox']?.toLowerCase() ?? null,
    to: addresses('to'),
    cc: addresses('cc'),
    bcc: addresses('bcc'),
    subject: mail?.subject ?? '',
    plain: wordsOf(mail?.plainText ?? ''),
    formatted: mail?.html ? wordsOf(mail.html.replaceAll(/<[^<>]*>/g, ' ')) : null,
    attachments: (mail?.attachments ?? []).map(({ filename }) => filename),
    problem,
  }
}

/** Where a Gmail draft is not what was approved, both named; none when only the way it is written differs. */
export function differencesBetween(approved: ReplyContent, found: ReplyContent): Reason[] {
  const hasPlain = found.plain !== '' || found.formatted === null
  const sentences = [
    recipientsOf(approved) !== recipientsOf(found) &&
      `Approved was a reply ${start(recipientsOf(approved))}; the draft in Gmail goes ${start(recipientsOf(found))}.`,
    wordsOf(approved.subject) !== wordsOf(found.subject) &&
      `The approved subject was “${start(approved.subject)}”; in Gmail it is “${start(found.subject)}”.`,
    approved.threadId !== found.threadId &&
      `Approved was a reply in the conversation ${approved.threadId}; the draft in Gmail is in ${found.threadId}.`,
    approved.inReplyTo !== found.inReplyTo &&
      `Approved was a reply to the message ${start(approved.inReplyTo ?? '-')}; the draft in Gmail answers ${start(found.inReplyTo ?? '-')}.`,
    hasPlain && approved.plain !== found.plain && differentWords(approved.plain, found.plain),
    found.formatted !== null &&
      approved.formatted !== found.formatted &&
      differentWords(approved.formatted ?? approved.plain, found.formatted, ' as HTML'),
    found.attachments.length !== approved.attachments.length &&
      `Approved was a reply without files; the draft in Gmail has ${start(found.attachments.join(', '))}.`,
    found.problem !== approved.problem && `The draft in Gmail can only be read in part: ${start(found.problem ?? '')}`,
    approved.outboxId !== found.outboxId &&
      'The draft in Gmail was written anew: it is not marked as this reply any more.',
  ]
  return sentences.filter((text) => text !== false).map((text) => ({ code: 'NOT_AS_APPROVED', text }))
}

/** As a person reads them. In one order, and each once: that is no matter of who gets the mail. */
function recipientsOf(content: ReplyContent): string {
  const lists = (['to', 'cc', 'bcc'] as const).map((kind) => [kind, [...new Set(content[kind])].toSorted()] as const)
  const named = lists.filter(([, addresses]) => addresses.length > 0)
  return named.map(([kind, addresses]) => `${kind} ${addresses.join(', ')}`).join(' and ') || 'to nobody'
}

const shownBefore = 40
const mostShown = 400

/** Both from shortly before the first word that differs. */
function differentWords(approved: string, found: string, form = ''): string {
  let same = 0
  while (same < approved.length && approved[same] === found[same]) same++
  const [first, second] = [approved, found].map((text) => start(text.slice(Math.max(0, same - shownBefore))))
  return `The approved text${form} was “${first}”; in Gmail it is “${second}”.`
}

/** Never half a character. */
function start(text: string): string {
  return text.length <= mostShown ? text.toWellFormed() : `${text.slice(0, mostShown).toWellFormed()}…`
}
