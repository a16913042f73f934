import type { TestApp } from '../../../support/app.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'
import type { Person } from './person.ts'

/** What may reach a correspondent, by where it stands. */
export type OpenPlace = 'own thread' | 'own mail' | 'mail in copy' | 'shareable note' | 'approved template'

/** Says something that stands in this place and nowhere else. */
export type Say<Place extends string> = (place: Place) => string

const dayMs = 86_400_000

/**
 * Mail that the correspondent wrote, got, or was named in; they have been written to often enough. One of the owner's
 * mails to them went to somebody hidden as well, if there is one.
 */
export async function deliverOpen(
  app: TestApp,
  { owner }: Inbox,
  { person, say, hidden, now }: { person: Person; say: Say<OpenPlace>; hidden: string | null; now: Date },
): Promise<void> {
  const { line, thread } = person
  const at = (days: number) => new Date(now.getTime() - days * dayMs)
  const opening = `${say('own thread')}. May I see the brass drawings?`
  await app.deliver(owner, {
    from: line,
    subject: thread.subject,
    messageId: thread.openedBy,
    text: opening,
    at: at(9),
  })
  await app.deliver(owner, {
    direction: 'out',
    to: line,
    subject: `Re: ${thread.subject}`,
    messageId: thread.answeredBy,
    inReplyTo: thread.openedBy,
    text: `${say('own thread')}. The brass drawings lie in the workshop.`,
    at: at(8),
  })
  const gears = `${say('own mail')}. The brass gears and the drawings of the gears are with you.`
  const headers = hidden === null ? [] : [`Bcc: ${hidden}@engine.example`]
  await app.deliver(owner, { direction: 'out', to: line, subject: 'Gears', headers, text: gears, at: at(7) })
  await app.deliver(owner, {
    from: 'Bob <bob@engine.example>',
    cc: line,
    subject: 'The brass gears',
    text: `${say('mail in copy')}. All see the brass gears and drawings of the workshop on the table.`,
    at: at(6),
  })
}

/** What every correspondent of the owner may be told. */
export async function openWords({ api }: Inbox, say: Say<OpenPlace>) {
  for (const name of ['Visit', 'Welcome']) {
    const body = `Dear friend, ${say('approved template')}.`
    const { id, version } = await api.templates.create({ name, body, intent: null, language: null })
    await api.templates.approve({ templateId: id, version })
  }
  return [1, 2].map(() => ({ text: `${say('shareable note')}: the workshop is open.`, shareable: true }))
}
