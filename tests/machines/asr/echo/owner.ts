import type { Inbox } from '../../../support/connected-inbox.ts'
import type { MailToWrite } from '../../../support/mail.ts'
import type { Random } from '../../../support/seeded-random.ts'
import { type Closed, closedWords, correctOthers, deliverClosed, leaveDraft } from '../world/closed.ts'
import { deliverOpen, openWords } from '../world/open.ts'
import { newPerson, type Person } from '../world/person.ts'
import { beginWork, trustIn, openOwner, sendDue, type Stage } from '../world/stage.ts'
import { forCircle, subjectOf } from '../world/subjects.ts'
import type { Words } from './canaries.ts'

const peopleOfOwner = 5

export interface Talkative {
  readonly inbox: Inbox
  readonly people: readonly Person[]
  /** Everybody writes so many mails that may be answered automatically, and two that may not: one of them wants
   * its answer sent to somebody else. */
  write(sheets: number): Promise<void>
}

/** An owner with something to keep in every place, some correspondents, and automatic replies switched on. */
export async function openTalkative(
  stage: Stage,
  { random, words, isFreeShown, number }: { random: Random; words: Words; isFreeShown: boolean; number: number },
): Promise<Talkative> {
  const { app, clock } = stage
  const inbox = await openOwner(stage)
  const now = clock.now()
  const closed: Closed = { say: words.closed.say, has: () => true, now }
  const people = Array.from({ length: peopleOfOwner }, (_, index) => {
    return newPerson(`matter${number}x${index}`, random.below(sheetsToBegin), index % 2 === 1 ? 'circle' : 'drawings')
  })
  for (const person of people) {
    await deliverOpen(app, inbox, { person, say: words.open.say, hidden: words.closed.say('hidden recipient'), now })
    await deliverClosed(app, inbox, { person, ...closed })
  }
  await inbox.sync()
  const notes = [...(await openWords(inbox, words.open.say)), ...(await closedWords(app, inbox, closed))]
  await correctOthers(app, inbox, { people, ...closed })
  await inbox.api.settings.update({ notes: notes.toSorted(() => random.next() - 0.5), freeBusyShareable: isFreeShown })
  await beginWork(inbox, 'ask')
  await leaveDraft(inbox, closed)
  await trustIn(stage, inbox, people)
  await beginWork(inbox, 'auto')
  return { inbox, people, write: (sheets) => write(stage, { inbox, people, random }, sheets) }
}

const sheetsToBegin = 8

async function write(
  stage: Stage,
  { inbox, people, random }: { inbox: Inbox; people: readonly Person[]; random: Random },
  sheets: number,
): Promise<void> {
  const { app, clock } = stage
  const deliver = (person: Person, mail: MailToWrite & { subject: string }) => {
    const headers = forCircle(mail.subject) ? ['Reply-To: bob@engine.example'] : []
    return app.deliver(inbox.owner, { from: person.line, at: clock.now(), headers, ...mail })
  }
  for (let sheet = 0; sheet <= sheets; sheet++) {
    for (const person of people) {
      const { thread, matter } = person
      const isMeeting = random.chance(0.3)
      const asked = subjectOf(matter, 10 + sheet, isMeeting ? 'meeting' : 'drawings')
      const text = 'May I see the brass gears and the drawings of the workshop?'
      if (sheet === sheets) {
        await deliver(person, { subject: subjectOf(matter, sheet, 'circle'), text })
        await deliver(person, { subject: asked, text: `${text} And the invoice?` })
      } else if (sheet === 0)
        await deliver(person, { subject: `Re: ${thread.subject}`, text, inReplyTo: thread.answeredBy })
      else await deliver(person, { subject: asked, text })
    }
    clock.advance(1_000)
    await inbox.sync()
    await sendDue(stage)
  }
}
