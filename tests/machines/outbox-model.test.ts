import { afterAll, describe, expect, test } from 'vitest'
import { UpstreamError } from '../../server/errors.ts'
import { dispatchOutbox } from '../../server/services/sending/outbox.ts'
import { newTestDatabase } from '../support/test-database.ts'
import { openBench } from './outbox-model/bench.ts'
import { configurationNames, configurations } from './outbox-model/configurations.ts'
import type { GmailModel, Sender } from './outbox-model/gmail-model.ts'
import { play } from './outbox-model/play.ts'
import { raceCancels } from './outbox-model/races.ts'
import { sample } from './outbox-model/sample.ts'
import { parseSchedule, printSchedule } from './outbox-model/schedule.ts'
import { search } from './outbox-model/search.ts'
import { ours, type Protocol } from './outbox-model/stage.ts'
import { judge, type Problem } from './outbox-model/verdict.ts'
import { newWorld } from './outbox-model/world.ts'

const database = await newTestDatabase()
const bench = await openBench(database.config)
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const seed = 1
const whole = { index: 0, of: 1 }

test.each(configurationNames)(
  'in the world “%s” every reply with one fault, and a sample with up to three, goes out once or not at all',
  async (configuration) => {
    const drawn = { count: 60, faults: 3, seed }
    const tally = await search(bench, { configuration, faults: 1, share: whole, sample: drawn })
    expect(tally.failures).toEqual([])
    expect(tally.schedules).toBeGreaterThanOrEqual(100)
  },
)

test('a cancel that is answered OK while the reply is dispatched means that nothing goes out', async () => {
  const { undone, undoneYetSent, failures } = await raceCancels(database.config, { races: 60, seed })
  expect({ undoneYetSent, failures }).toEqual({ undoneYetSent: 0, failures: [] })
  expect(undone).toBeGreaterThan(0)
  expect(undone).toBeLessThan(60)
})

test('a reply that is taken up at a pause ends like one that is played from the beginning', async () => {
  const setting = { bench, configuration: configurations.meddled, protocol: ours }
  for await (const { schedule, played } of sample(setting, { count: 20, above: 1, faults: 3, seed })) {
    const again = await play(setting, parseSchedule(printSchedule(schedule)))
    // One whose last decision changes nothing ends as the play it was made from.
    if (!again) continue
    expect(again.points).toEqual(played.points)
    expect(judge(again)).toEqual(judge(played))
  }
})

describe('the search finds what is wrong with a protocol that', () => {
  const wrong: readonly { does: string; has: Problem; changes: (gmail: GmailModel) => Partial<Sender> }[] = [
    { does: 'makes a draft that is gone once more', has: 'duplicate', changes: makesItOnceMore },
    {
      does: 'believes that it was sent without having looked',
      has: 'falselySent',
      changes: () => ({ findSent: () => Promise.resolve({ gmailId: 'somewhere' }) }),
    },
    {
      does: 'sends the draft as it makes it',
      has: 'undoneYetSent',
      changes: (gmail) => ({
        async createDraft(mailbox, draft) {
          const id = await gmail.createDraft(mailbox, draft)
          await gmail.sendDraft(mailbox, id)
          return id
        },
      }),
    },
    {
      does: 'takes a lost answer for a refusal',
      has: 'falselyUnsent',
      changes: (gmail) => ({
        async sendDraft(mailbox, id) {
          await gmail.sendDraft(mailbox, id)
          throw new UpstreamError('gmail', 'rejected', 'no answer, so it was refused')
        },
      }),
    },
  ]

  test.each(wrong)('$does', async ({ has, changes }) => {
    const tally = await search(bench, { configuration: 'lagging', faults: 1, share: whole }, protocolWith(changes))
    expect(tally.problems[has]).toBeGreaterThan(0)
    expect(tally.failures[0]?.told).toBeDefined()
  })
})

test('the search finds a protocol that never comes to an end', async () => {
  const createDraft = () => Promise.reject(new UpstreamError('gmail', 'unavailable', 'never'))
  const protocol = protocolWith(() => ({ createDraft }))
  const tally = await search(bench, { configuration: 'lagging', faults: 0, share: whole }, protocol)
  expect(tally.failures).toMatchObject([{ schedule: '-', end: 'READY:0', problems: ['stuck'] }])
})

/** Our own dispatch with another way to use Gmail. */
function protocolWith(changes: (gmail: GmailModel) => Partial<Sender>): Protocol {
  return {
    dispatch: dispatchOutbox,
    senderOf: (gmail) => Object.assign(Object.create(gmail) as Sender, changes(gmail)),
  }
}

function makesItOnceMore(gmail: GmailModel): Partial<Sender> {
  let raw: Buffer
  return {
    createDraft(mailbox, draft) {
      raw = draft.raw
      return gmail.createDraft(mailbox, draft)
    },
    hasDraft: () => Promise.resolve(true),
    async sendDraft(mailbox, id) {
      const isThere = await gmail.hasDraft(mailbox, id)
      return gmail.sendDraft(mailbox, isThere ? id : await gmail.createDraft(mailbox, { raw }))
    },
  }
}

test('an owner who was not told, a mail that does not fit its send, and a late change are seen', () => {
  const entries = [{ id: 'a', state: 'UNKNOWN', epoch: 1 }]
  const stored = { draft: 'unknown', email: 'needs_review', entries, notifications: [] } as const
  const world = newWorld()
  const problemsOf = (seen: Parameters<typeof judge>[0]) => judge(seen).problems
  const told = { ...stored, notifications: [{ kind: 'send_unknown' }] }

  expect(problemsOf({ stored: told, world, isSettled: true })).toEqual([])
  expect(problemsOf({ stored, world, isSettled: true })).toEqual(['untold'])
  expect(problemsOf({ stored: { ...told, email: 'approved' }, world, isSettled: true })).toEqual(['stuck'])
  expect(problemsOf({ stored: told, world: { ...world, lateChanges: 1 }, isSettled: true })).toEqual(['lateChange'])
})
