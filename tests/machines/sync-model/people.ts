import { rawMail, type MailToWrite } from '../../support/mail.ts'
import type { Random } from '../../support/seeded-random.ts'
import type { GmailMessage, World } from './world.ts'

const people = ['Ada Byron <ada@engine.example>', 'Bob Babbage <bob@engine.example>', 'Cleo <cleo@nile.example>']

const question = 'Hello Mara,\r\n\r\nhow much would two more drawings cost?\r\n\r\nBest wishes'
const texts = [question, question, 'Could we meet next week to talk it over?', 'Thank you very much, that is perfect!']
const machine = ['Auto-Submitted: auto-replied']

/** The header of what the product wrote. */
export const ourMark = 'X-ReasonFlow-Outbox'

/** A mail nobody expected. */
export function newMail(random: Random, world: World): MailToWrite {
  return {
    subject: `Matter ${random.below(1_000)}`,
    text: random.pick(texts) ?? question,
    from: random.pick(people) ?? '',
    headers: random.chance(0.25) ? machine : [],
    at: world.nextInstant(),
  }
}

/** A mail that answers another one of its thread, by anybody. */
export function reply(random: Random, world: World, to: GmailMessage): MailToWrite {
  return { ...newMail(random, world), ...inThreadOf(to) }
}

/** The owner's own answer in Gmail, at times to somebody else than who asked. */
export function ownAnswer(random: Random, world: World, to: GmailMessage): MailToWrite {
  const reader = random.chance(0.2) ? 'Dora <dora@studio.example>' : (headerOf(to, 'From') ?? '')
  return { direction: 'out', to: reader, text: 'They cost 200 pounds.', at: world.nextInstant(), ...inThreadOf(to) }
}

export function written(world: World, mail: MailToWrite): string {
  return rawMail(world.email, mail)
}

export function headerOf({ raw }: Pick<GmailMessage, 'raw'>, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(raw.toString())?.[1]?.trim()
}

function inThreadOf(mail: GmailMessage): Pick<MailToWrite, 'subject' | 'inReplyTo'> {
  const subject = headerOf(mail, 'Subject') ?? ''
  const inReplyTo = headerOf(mail, 'Message-ID')
  return { subject: subject.startsWith('Re: ') ? subject : `Re: ${subject}`, ...(inReplyTo ? { inReplyTo } : {}) }
}
