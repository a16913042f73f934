import { createOfflineModel } from '../../../server/adapters/offline-model/model.ts'
import type { DatabaseConfig } from '../../../server/db/engine/connection.ts'
import type { CalendarProvider } from '../../../server/ports.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

/** Mail that asks for one thing each, in the languages of every day. */
const questions = [
  'Could you send me the two missing drawings by Friday?',
  'How much would the larger version cost, and how long would it take?',
  'Könnten Sie mir bitte die Rechnung vom März noch einmal schicken?',
  'Is the workshop open to guests, and do I have to sign up?',
] as const

/** The product with a model that answers at once, and a calendar without a network. */
export function openStage(database: DatabaseConfig): Promise<TestApp> {
  const calendar: CalendarProvider = {
    busy: () => Promise.resolve([]),
    events: () => Promise.resolve({ events: [], hasMore: false }),
    findEvent: () => Promise.resolve(null),
    createEvent: () => Promise.resolve(true),
  }
  return createTestApp({
    ports: { ...createOfflineModel(), calendar },
    config: { database },
  })
}

/**
 * So many mails of so many owners, as a sync leaves them: stored, and a run of each in the queue. Each stands in a thread
 * that its owner began, so that it has a history and the agent writes a draft.
 */
export async function storeMails(app: TestApp, { mails, owners }: { mails: number; owners: number }): Promise<void> {
  for (let index = 0; index < owners; index++) {
    const share = Math.floor(mails / owners) + (index < mails % owners ? 1 : 0)
    if (share > 0) await storeMailbox(app, share)
  }
}

async function storeMailbox(app: TestApp, mails: number): Promise<void> {
  const owner = await app.newOwner()
  const { mailboxId } = await app.connect(owner)
  const sync = () => {
    const job = { id: 'bench', payload: { userId: owner.userId, mailboxId }, isLastTry: true }
    return app.handlers['sync-mailbox']({ ...job, signal: AbortSignal.timeout(120_000) })
  }
  // The first import, of nothing: runs begin with the sync that follows.
  await sync()
  const now = app.clock.now().getTime()
  for (let index = 0; index < mails; index++) {
    const [name, person] = [`Correspondent ${index}`, `person${index % 7}@engine.example`]
    const subject = `Matter ${index}`
    const messageId = `<matter.${index}@studio.example>`
    const begun = { direction: 'out', to: `${name} <${person}>`, subject, messageId } as const
    const at = (minutesAgo: number) => new Date(now - minutesAgo * 60_000)
    await app.deliver(owner, { ...begun, text: 'Here is what we spoke of.', at: at(2 * mails + 60 - index) })
    const text = `Hello Mara,\r\n\r\n${questions[index % questions.length]}\r\n\r\n${name}`
    const reply = { from: `${name} <${person}>`, subject: `Re: ${subject}`, inReplyTo: messageId, text }
    await app.deliver(owner, { ...reply, at: at(mails - index) })
  }
  await sync()
}
