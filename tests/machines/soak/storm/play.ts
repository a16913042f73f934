import { sql } from 'kysely'
import type { TestApp } from '../../../support/app.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'
import { rawMail } from '../../../support/mail.ts'
import type { Random } from '../../../support/seeded-random.ts'
import { addressOf, domainOf, type Letter, newMessageId, type Received, write } from './letter.ts'
import { mailingList, type MailingList } from './mailing-list.ts'
import { openTally, type Tally } from './tally.ts'
import { openTenants } from './tenants.ts'
import type { WallClock } from './wall-clock.ts'
import { pickPerson, type Weather } from './weather.ts'

export interface Stage {
  readonly app: TestApp
  readonly clock: WallClock
  readonly random: Random
  tell(line: string): void
}

/** Ends a storm: what is wrong after this round, in words. */
export type Law = (tally: Tally, tenants: readonly Inbox[]) => readonly string[]

export interface Played {
  readonly rounds: number
  /** Rounds in which something was under way. */
  readonly busy: number
  readonly tally: Tally
  readonly problems: readonly string[]
}

const question = 'Hello Mara,\r\n\r\nmay I see two more drawings?\r\n\r\nBest wishes'
const listAddress = 'engines@list.example'
const minuteMs = 60_000
/** The queue keeps what it has done; nothing in it is of use here. */
const tidyEvery = 200

/** Two new tenants in this weather, until its rounds are over or its law is broken. */
export async function playStorm(stage: Stage, weather: Weather, law: Law): Promise<Played> {
  const { app, clock, random, tell } = stage
  const people = weather.correspondents.map(({ person }) => person)
  const tenants = await openTenants(app, weather.settings, weather.hasList ? [...people, listAddress] : people)
  const addresses = tenants.map(({ owner }) => owner.email)
  const list = mailingList(listAddress, addresses)
  const tally = openTally(app, addresses)
  // What the owners wrote before the storm.
  await tally.look()
  let underWay: Letter[] = []
  let isBusy = false
  let busy = 0
  for (let round = 1; round <= weather.rounds; round++) {
    const written = writeByPeople({ weather, random, tally, list, tenants, app })
    const letters = [...underWay, ...written.letters]
    for (const letter of letters) await app.google.deliver(letter.recipient, write(letter), { receivedAt: new Date() })
    const hadMail = letters.length > 0 || written.byHand
    if (hadMail || isBusy) {
      busy += 1
      for (const { api, mailboxId } of tenants) await api.mailboxes.sync({ mailboxId })
      await app.drainDelayed()
      const left = await tally.look()
      underWay = left.flatMap((received) => answersTo(received, { weather, random, tally, list }))
      const problems = law(tally, tenants)
      if (problems.length > 0) return { rounds: round, busy, tally, problems: inRound(problems, round) }
      isBusy = hadMail || left.length > 0
    }
    if (round % tidyEvery === 0) {
      await sql`delete from pgboss.job where state = 'completed'`.execute(app.db)
      tell(`${weather.name}: round ${round}, ${tally.sends.length} automatic, ${tally.humanMessages} by people`)
    }
    clock.advance((1 + random.below(weather.minutes)) * minuteMs)
  }
  return { rounds: weather.rounds, busy, tally, problems: [] }
}

interface Scene {
  readonly weather: Weather
  readonly random: Random
  readonly tally: Tally
  readonly list: MailingList
}

/** Somebody writes to a tenant, to the list, or one tenant to the other; mostly nobody does. */
function writeByPeople({ app, tenants, ...scene }: Scene & { app: TestApp; tenants: readonly Inbox[] }) {
  const { weather, random, tally, list } = scene
  const none = { letters: [], byHand: false }
  if (!random.chance(weather.chances.write)) return none
  const tenant = random.pick(tenants)
  if (!tenant) return none
  const from = pickPerson(weather, random)
  const messageId = newMessageId(domainOf(from))
  const mail = { from, subject: `Question ${random.below(1_000_000)}`, text: question, messageId }
  switch (random.weighted({ person: 6, tenant: 2, list: weather.hasList ? 1 : 0 })) {
    case 'person':
      tally.noteHuman(messageId)
      return { letters: [{ ...mail, recipient: tenant.owner.email }], byHand: false }
    case 'list':
      return { letters: list.redistribute(mail, random), byHand: false }
    case 'tenant': {
      const other = tenants.find((one) => one !== tenant)
      const { subject, text } = mail
      tally.noteHuman(messageId)
      const raw = rawMail(tenant.owner.email, {
        direction: 'out',
        to: other?.owner.email ?? '',
        subject,
        text,
        messageId,
      })
      const hand = app.google.byHand(tenant.owner.email)
      hand.sendDraft(hand.saveDraft(raw))
      return { letters: [], byHand: true }
    }
  }
}

/** What machines and people make of a mail that a tenant sent. Between tenants Gmail has delivered it already. */
function answersTo(received: Received, { weather, random, tally, list }: Scene): readonly Letter[] {
  const { sender, recipient, subject, messageId: inReplyTo } = received
  if (recipient === addressOf(list.person)) return list.answer(received, random)
  const reader = weather.correspondents.find(({ person }) => addressOf(person) === recipient)
  if (!reader) return []
  const answers = reader.answer(received, random)
  if (!random.chance(weather.chances.answer)) return answers
  const messageId = newMessageId(domainOf(reader.person))
  tally.noteHuman(messageId)
  return [...answers, { recipient: sender, from: reader.person, subject, text: question, messageId, inReplyTo }]
}

function inRound(problems: readonly string[], round: number): string[] {
  return problems.map((problem) => `round ${round}: ${problem}`)
}
