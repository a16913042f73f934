import type { Random } from '../../../support/seeded-random.ts'
import { addressOf, domainOf, type Letter, newMessageId, type Received } from './letter.ts'

/** Somebody outside whom tenants write to. */
export interface Correspondent {
  readonly person: string
  /** What comes back when a mail of a tenant arrives, each mail every time. */
  answer(received: Received, random: Random): readonly Letter[]
}

/** How an answering machine shows that it is one; `unmarked` does not. */
export const vacationStyles = {
  rfc3834: (subject) => ({ subject: `Re: ${bare(subject)}`, headers: ['Auto-Submitted: auto-replied'] }),
  precedence: (subject) => ({ subject: `Re: ${bare(subject)}`, headers: ['Precedence: bulk'] }),
  autoReply: (subject) => ({ subject: `Re: ${bare(subject)}`, headers: ['Precedence: auto_reply'] }),
  xAutoreply: (subject) => ({ subject: `Re: ${bare(subject)}`, headers: ['X-Autoreply: yes'] }),
  suppress: (subject) => ({ subject: `Re: ${bare(subject)}`, headers: ['X-Auto-Response-Suppress: All'] }),
  emptyReturnPath: (subject) => ({ subject: `Re: ${bare(subject)}`, returnPath: '' }),
  subjectOnly: (subject) => ({ subject: `Automatic reply: ${subject}` }),
  subjectInGerman: (subject) => ({ subject: `Abwesenheitsnotiz: ${subject}` }),
  unmarked: (subject) => ({ subject: `Re: ${bare(subject)}` }),
} as const satisfies Record<string, (subject: string) => Pick<Letter, 'subject' | 'headers' | 'returnPath'>>
export type VacationStyle = keyof typeof vacationStyles

/** A person whose mailbox answers by itself. */
export function onVacation(person: string, style: VacationStyle): Correspondent {
  return {
    person,
    answer: ({ sender, subject, messageId }) => [
      {
        ...reply(person, sender),
        ...vacationStyles[style](subject),
        text: 'I am travelling and shall read your mail next week. What would it look like?',
        inReplyTo: messageId,
      },
    ],
  }
}

/** Every mail opens a ticket, and every ticket is told of: in the thread, or under a subject of its own. */
export function ticketSystem(person: string): Correspondent {
  let tickets = 0
  return {
    person,
    answer({ sender, subject, messageId }, random) {
      tickets += 1
      const isNew = random.chance(0.5)
      return [
        {
          ...reply(person, sender),
          subject: isNew ? `[Ticket ${tickets}] We have received your request` : `Re: ${bare(subject)}`,
          text: `Your request has the number ${tickets}. Could you tell us more about it?`,
          headers: ['Auto-Submitted: auto-generated'],
          ...(isNew ? {} : { inReplyTo: messageId }),
        },
      ]
    },
  }
}

/** Who answers nothing by a machine. */
export function silent(person: string): Correspondent {
  return { person, answer: () => [] }
}

function reply(person: string, sender: string): Pick<Letter, 'recipient' | 'from' | 'messageId'> {
  return { recipient: sender, from: person, messageId: newMessageId(domainOf(addressOf(person))) }
}

function bare(subject: string): string {
  return subject.replace(/^(re: )+/i, '')
}
