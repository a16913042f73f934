import type { Address } from '../../shared-types/index.ts'
import { isSameMailbox } from './addresses.ts'
import { withoutReplyMarks } from './reply-marks.ts'

/** What of a mail tells its place: every reader of it may know all of this. Whoever got it in Bcc is not among it. */
export interface Placed {
  readonly inReplyTo: string | null
  readonly subject: string
  readonly fromName: string
  readonly fromAddress: string
  readonly toAddresses: readonly Address[]
  readonly receivedAt: string
  /** Of the mailbox: its owner is `me`, whatever name or address a mail gives them. */
  readonly ownerAddress: string
}

/** Goes into the name under which vectors are kept: a change of the line, or of what stands under it, is a new one. */
const version = 'placed-1'

const longestText = 8_000
const longestName = 80
const longestSubject = 200
const mostNamed = 5

/** Who wrote to whom, in which thread, about what and when: what a short reply alone does not say. */
export function contextLine(mail: Placed): string {
  const subject = withoutReplyMarks(mail.subject)
  const isReply = mail.inReplyTo !== null || subject !== mail.subject.trim()
  const bare = oneLine(subject, longestSubject)
  const nameOf = (person: Address) => (isSameMailbox(person.address, mail.ownerAddress) ? 'me' : nameOfOther(person))
  const from = nameOf({ name: mail.fromName, address: mail.fromAddress })
  const to = mail.toAddresses.slice(0, mostNamed).map(nameOf).join(', ')
  const what = isReply ? 'Reply' : 'Mail'
  const thread = bare === '' ? '' : ` ${isReply ? 'in the thread' : 'about'} “${bare}”`
  return `${what} by ${from}${to && ` to ${to}`}${thread}, ${dateOf(mail.receivedAt)}`
}

/** What a vector is made of, cut between characters: half of one would be refused. */
export function textToEmbed(mail: Placed & { readonly freshText: string }): string {
  return cut(`${contextLine(mail)}\n${mail.freshText}`)
}

/** What is looked for by meaning. Its place is not: related mail was written by others, to others and at other times. */
export function textToFind({ subject, freshText }: { subject: string; freshText: string }): string {
  return cut(`${subject}\n${freshText}`)
}

/** Which vectors may be compared: of one model, and made of the same things. */
export function vectorsName(modelId: string): string {
  return `${modelId} ${version}`
}

function nameOfOther({ name, address }: Address): string {
  return oneLine(name, longestName) || oneLine(address, longestName) || 'somebody'
}

function oneLine(text: string, longest: number): string {
  return text.slice(0, longest).toWellFormed().replaceAll(/\s/g, ' ').trim()
}

const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })

function dateOf(instant: string): string {
  return days.format(new Date(instant))
}

function cut(text: string): string {
  return text.slice(0, longestText).toWellFormed()
}
