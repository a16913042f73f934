import type { DateTime } from 'luxon'

import type { Person } from './people.ts'

export type Intent = 'inquiry' | 'meeting_request' | 'complaint' | 'follow_up' | 'spam' | 'other'

export interface Expected {
  readonly intent: Intent
  readonly needsReply: boolean
}

export interface Part {
  readonly filename?: string
  readonly contentType: string
  readonly content: string | Buffer
}

/** One mail as an author writes it; `build.ts` makes a delivered one of it. */
export interface Mail {
  readonly direction: 'in' | 'out'
  readonly correspondent: Person
  readonly sentAt: DateTime
  readonly expected: Expected
  readonly text: string
  /** Where a machine does not keep the subject of the thread. */
  readonly subject?: string
  /** Written by hand; without it a Gmail user's text gets an HTML twin of its own. */
  readonly html?: string
  readonly htmlOnly?: boolean
  readonly quotesLast?: boolean
  readonly to?: readonly Person[]
  readonly cc?: readonly Person[]
  readonly replyTo?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly parts?: readonly Part[]
  /** An iCalendar request, carried inline as text/calendar. */
  readonly invitation?: string
  readonly rootType?: string
  readonly dmarc?: 'pass' | 'fail'
  /** Empty for a bounce; absent, it is the sender. */
  readonly returnPath?: string
  readonly labels?: readonly string[]
}

export interface Thread {
  readonly key: string
  readonly subject: string
  readonly mails: readonly Mail[]
}

export type Extras = Partial<Omit<Mail, 'direction' | 'correspondent' | 'sentAt' | 'expected' | 'text'>>

/** A thread, oldest mail first; answers get their `Re:` or `AW:` by themselves. */
export function thread(key: string, subject: string, mails: readonly Mail[]): Thread {
  return { key, subject, mails }
}

/** A mail to the owner. */
export function from(person: Person, sentAt: DateTime, expected: Expected, text: string, extras: Extras = {}): Mail {
  return { ...extras, direction: 'in', correspondent: person, sentAt, expected, text }
}

/** A mail the owner wrote. */
export function to(person: Person, sentAt: DateTime, text: string, extras: Extras = {}): Mail {
  return { ...extras, direction: 'out', correspondent: person, sentAt, expected: settled('other'), text }
}

/** The owner should answer this one. */
export function open(intent: Intent): Expected {
  return { intent, needsReply: true }
}

/** Nothing to answer: machine mail, spam, thanks, or answered already. */
export function settled(intent: Intent): Expected {
  return { intent, needsReply: false }
}

const slot = '\u0000'

/** The text of a mail, written indented in the code: the common indentation and the outer blank lines go. */
export function letter(strings: TemplateStringsArray, ...values: readonly string[]): string {
  const lines = strings.join(slot).split('\n')
  const margin = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)))
  const pieces = lines
    .map((line) => line.slice(margin).trimEnd())
    .join('\n')
    .trim()
    .split(slot)
  return pieces.map((piece, index) => piece + (values[index] ?? '')).join('')
}
