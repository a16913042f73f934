import { Random } from '../../../support/seeded-random.ts'
import type { MailToWrite } from '../../../support/mail.ts'
import { newPerson, type Person } from '../world/person.ts'
import { type About, subjectOf } from '../world/subjects.ts'

/** In turn, so that a small sample has some of each. */
const kinds = ['fresh', 'insists', 'inThread', 'quotes', 'meeting', 'inThread', 'insists', 'fresh'] as const

/** A correspondent, and the mail of theirs that is worked on in both worlds. */
export interface Scenario {
  readonly person: Person
  readonly kind: (typeof kinds)[number]
  /** Of the mail that is worked on. */
  readonly subject: string
  /** What a side mail of one world says, and the person quotes without having read it. */
  readonly guess: string
  readonly mail: MailToWrite
  /** An earlier mail of theirs in the same thread that nobody has answered. */
  readonly before: MailToWrite | null
}

/** The scenario of this number, the same whoever asks. */
export function scenarioOf(seed: number, number: number): Scenario {
  const random = new Random(seed * 1_000_003 + number)
  const kind = kinds[number % kinds.length] ?? 'fresh'
  const sheet = random.below(1_000)
  const person = newPerson(`matter${number}`, sheet, kind === 'quotes' ? 'nothing' : 'drawings')
  const { line: from, thread } = person
  const guess = `The number of the workshop is ${random.below(1e6)} in this year.`
  const text = [
    'May I see the brass gears?',
    'Are the drawings of the workshop there?',
    'Where are the brass drawings?',
  ]
    .toSorted(() => random.next() - 0.5)
    .join(' ')
  const fresh = (about: About) => subjectOf(person.matter, sheet + 1, about)
  const answer = { from, subject: `Re: ${thread.subject}`, inReplyTo: thread.answeredBy }
  const base = { person, kind, guess, before: null }
  switch (kind) {
    case 'fresh':
      return { ...base, subject: fresh('drawings'), mail: { from, subject: fresh('drawings'), text } }
    case 'meeting':
      return { ...base, subject: fresh('meeting'), mail: { from, subject: fresh('meeting'), text } }
    case 'inThread':
      return { ...base, subject: answer.subject, mail: { ...answer, text } }
    case 'insists': {
      const before = { ...answer, subject: `Re: Re: ${thread.subject}`, text: `Only this: ${text}` }
      return { ...base, subject: answer.subject, mail: { ...answer, text }, before }
    }
    case 'quotes': {
      const quoted = `Thank you.\r\n\r\nOn Monday Bob wrote:\r\n> ${guess}\r\n> Is that so?`
      return { ...base, subject: answer.subject, mail: { ...answer, text: quoted } }
    }
  }
}
