import { randomUUID } from 'node:crypto'
import type { TestApp } from '../../../support/app.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'
import { deliverAttached } from './mail.ts'
import type { Say } from './open.ts'
import type { Person } from './person.ts'

/** What must not reach a correspondent, by where it stands. */
export type ClosedPlace =
  | 'side mail received'
  | 'side mail sent'
  | 'hidden recipient'
  | 'mail with the person in Bcc'
  | 'subject of other mail'
  | 'text of other mail'
  | 'sender of other mail'
  | 'past reply to others'
  | 'attachment name'
  | 'contact notes'
  | 'contact company'
  | 'contact notes of others'
  | 'private note'
  | 'unapproved template'
  | 'edited template'
  | 'older template version'
  | 'calendar'
  | 'denied correspondent'
  | 'correction'
  | 'waiting draft'
  | 'other tenant'

/** Whether this place has something in it, in this world. */
export type Chance = (place: ClosedPlace) => boolean

export interface Closed {
  readonly say: Say<ClosedPlace>
  readonly has: Chance
  readonly now: Date
}

const dayMs = 86_400_000
const bob = 'Bob <bob@engine.example>'

/** Mail and contacts around a correspondent of which they know nothing. */
export async function deliverClosed(
  app: TestApp,
  { owner, userId }: Inbox,
  { person, say, has, now }: Closed & { person: Person },
): Promise<void> {
  const { line, address, thread } = person
  const at = (days: number) => new Date(now.getTime() - days * dayMs)
  const reply = { subject: `Re: ${thread.subject}`, inReplyTo: thread.openedBy }
  const about = 'The brass gears and the drawings of the workshop.'
  if (has('side mail received'))
    await app.deliver(owner, { ...reply, from: bob, text: `${say('side mail received')}. ${about}`, at: at(7.5) })
  if (has('side mail sent'))
    await app.deliver(owner, {
      ...reply,
      direction: 'out',
      to: bob,
      text: `${say('side mail sent')}. ${about}`,
      at: at(7.2),
    })
  if (has('mail with the person in Bcc'))
    for (const where of [{ subject: 'Gears' }, reply]) {
      const text = `${say('mail with the person in Bcc')}. ${about}`
      const headers = [`Bcc: ${line}`]
      await app.deliver(owner, { ...where, direction: 'out', to: bob, headers, text, at: at(5.5) })
    }
  if (has('text of other mail'))
    await app.deliver(owner, {
      from: `${say('sender of other mail')} <${say('sender of other mail')}@engine.example>`,
      subject: `Drawings ${say('subject of other mail')}`,
      text: `${say('text of other mail')}. ${about}`,
      at: at(5),
    })
  if (has('past reply to others'))
    await app.deliver(owner, {
      direction: 'out',
      to: bob,
      subject: 'Re: The brass drawings',
      inReplyTo: '<of-bob@engine.example>',
      text: `${say('past reply to others')}. ${about}`,
      at: at(4),
    })
  if (has('attachment name'))
    await deliverAttached(app, owner, {
      from: bob,
      subject: 'Drawings',
      text: about,
      fileName: `${say('attachment name')}.txt`,
      at: at(3.5),
    })
  if (has('contact notes'))
    await writeContact(app, userId, { address, company: say('contact company'), notes: say('contact notes') })
}

async function writeContact(
  { db }: TestApp,
  userId: string,
  { address, company, notes }: { address: string; company: string; notes: string },
): Promise<void> {
  const row = { userId, id: randomUUID(), address, name: 'Somebody', company, notes }
  await db
    .insertInto('contacts')
    .values({ ...row, createdAt: new Date().toISOString(), updatedAt: new Date().toISOString() })
    .onConflict((conflict) => conflict.columns(['userId', 'address']).doUpdateSet({ company, notes }))
    .execute()
}

/** What only the owner knows: their calendar, templates, contacts and settings. Answers their private notes. */
export async function closedWords(
  app: TestApp,
  { api, owner, userId }: Inbox,
  { say, has, now }: Closed,
): Promise<{ text: string; shareable: boolean }[]> {
  const write = (name: string, body: string) =>
    api.templates.create({ name, body: `Dear friend, ${body}.`, intent: null, language: null })
  // Their names come before those of approved ones, so that only the approval keeps them away.
  if (has('unapproved template')) await write('A draft', say('unapproved template'))
  if (has('edited template')) {
    const { id, version } = await write('An edited one', say('older template version'))
    await api.templates.approve({ templateId: id, version })
    await api.templates.update({ templateId: id, version, body: `Dear friend, ${say('edited template')}.` })
  }
  if (has('contact notes of others'))
    await writeContact(app, userId, {
      address: 'bob@engine.example',
      company: say('contact notes of others'),
      notes: say('contact notes of others'),
    })
  if (has('denied correspondent'))
    await api.settings.update({ deniedCorrespondents: [`${say('denied correspondent')}@engine.example`] })
  for (const day of [2, 3, 4])
    if (has('calendar'))
      await app.google.addEvent(owner.email, {
        summary: say('calendar'),
        description: say('calendar'),
        attendees: [{ email: `${say('calendar')}@engine.example` }],
        start: new Date(now.getTime() + day * dayMs),
        end: new Date(now.getTime() + day * dayMs + dayMs / 6),
      })
  const notes = [1, 2, 3].filter(() => has('private note'))
  return notes.map(() => ({ text: `${say('private note')}: the workshop.`, shareable: false }))
}

/** The owner says of mail that none of these people could read what it is. To be called when it is stored. */
export async function correctOthers(
  { db }: TestApp,
  { api, userId }: Inbox,
  { people, has }: Pick<Closed, 'has'> & { people: readonly Person[] },
): Promise<void> {
  const readers = await db
    .selectFrom('emailParticipants')
    .where('userId', '=', userId)
    .where('role', 'in', ['from', 'to', 'cc'])
    .select(['emailId', 'address'])
    .execute()
  const known = new Set(readers.filter(isOf(people)).map(({ emailId }) => emailId))
  const { items } = await api.emails.list({ flow: 'in', limit: 100 })
  for (const { id } of items)
    if (!known.has(id) && has('correction')) await api.emails.correctIntent({ emailId: id, intent: 'follow_up' })
}

function isOf(people: readonly Person[]) {
  return (reader: { address: string }) => people.some(({ address }) => address === reader.address)
}

/** A draft for somebody else, which the owner has changed and not approved. To be called when the owner's mail is worked on. */
export async function leaveDraft({ api, newDraft }: Inbox, { say }: Closed): Promise<void> {
  const { id, version } = await newDraft({ from: bob, subject: 'Something else', text: 'May I see the brass gears?' })
  await api.drafts.edit({ draftId: id, version, body: `Dear Bob, ${say('waiting draft')}.` })
}

/** Another tenant, who has mail with the same people. */
export async function fillOtherTenant(
  app: TestApp,
  inbox: Inbox,
  { people, say, now }: Closed & { people: readonly Person[] },
): Promise<void> {
  const { api, owner, userId } = inbox
  const at = new Date(now.getTime() - 2 * dayMs)
  for (const { line, address, thread } of people) {
    const text = `${say('other tenant')}. The brass gears and the drawings.`
    await app.deliver(owner, { from: line, subject: thread.subject, messageId: thread.openedBy, text, at })
    await app.deliver(owner, { direction: 'out', to: line, subject: 'Gears', text: say('other tenant'), at })
    await writeContact(app, userId, { address, company: say('other tenant'), notes: say('other tenant') })
  }
  const { id, version } = await api.templates.create({
    name: 'A template',
    body: say('other tenant'),
    intent: null,
    language: null,
  })
  await api.templates.approve({ templateId: id, version })
  await api.settings.update({ notes: [{ text: say('other tenant'), shareable: true }] })
  await inbox.sync()
}
