// Slow: some 700 schedules of the model, each on the real code and a real database.
import { afterAll, describe, expect, test } from 'vitest'
import type { AppContext } from '../../server/context.ts'
import { UpstreamError } from '../../server/errors.ts'
import type { StoredGmailDraft } from '../../server/mail/fields.ts'
import { workOnSend } from '../../server/services/sending/work-on-send.ts'
import { newTestDatabase } from '../support/test-database.ts'
import { Unguarded } from '../support/unguarded.ts'
import { openBench } from './outbox-model/bench.ts'
import { childrenOf, playSmoothly } from './outbox-model/explore.ts'
import { configurationNames, configurations } from './outbox-model/configurations.ts'
import type { GmailModel, Sender } from './outbox-model/gmail-model.ts'
import { type Play, play } from './outbox-model/play.ts'
import { raceCancels } from './outbox-model/races.ts'
import { sample } from './outbox-model/sample.ts'
import { parseSchedule, printSchedule, type Schedule } from './outbox-model/schedule.ts'
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
    expect(tally.schedules).toBeGreaterThanOrEqual(42 + drawn.count)
  },
)

test('a cancel that is answered OK while the reply is dispatched means that nothing goes out', async () => {
  const { undone, undoneYetSent, problems } = await raceCancels(database.config, { races: 60, seed })
  expect({ undoneYetSent, problems }).toEqual({ undoneYetSent: 0, problems: [] })
  expect(undone).toBeGreaterThan(0)
  expect(undone).toBeLessThan(60)
})

test('a reply that is taken up at a pause ends like one that is played from the beginning', async () => {
  const setting = { bench, configuration: configurations.meddled, protocol: ours }
  for await (const { schedule, played } of sample(setting, { count: 20, above: 1, faults: 3, seed })) {
    const again = await play(setting, parseSchedule(printSchedule(schedule)))
    expect(again?.points).toEqual(played.points)
    expect(again && judge(again)).toEqual(judge(played))
  }
})

test('a schedule whose last decision changes nothing is the one without it, and does not count', async () => {
  const setting = { bench, configuration: configurations.kept, protocol: ours }
  const smooth = await playSmoothly(setting)
  const again = childrenOf([], smooth, 1).filter((schedule) => schedule.at(-1)?.decision === 'redeliver')
  const counted: (string | undefined)[] = []
  for (const schedule of again) {
    const point = schedule.at(-1)?.point ?? 0
    if (await play(setting, schedule)) counted.push(smooth.points[point]?.name)
  }
  // Before the claim the second job takes the entry, and the first finds it taken; after it the second finds it taken.
  expect(counted).toEqual(['before claim-outbox'])
  expect(again.length).toBeGreaterThan(4)
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
        async createGmailDraft(mailbox, draft) {
          const id = await gmail.createGmailDraft(mailbox, draft)
          await gmail.sendGmailDraft(mailbox, id)
          return id
        },
      }),
    },
    {
      does: 'takes a lost answer for a refusal',
      has: 'falselyUnsent',
      changes: (gmail) => ({
        async sendGmailDraft(mailbox, id) {
          await gmail.sendGmailDraft(mailbox, id)
          throw new UpstreamError('gmail', 'rejected', 'no answer, so it was refused')
        },
      }),
    },
    { does: 'never looks into the thread', has: 'heldUp', changes: () => ({ findSent: () => Promise.resolve(null) }) },
    {
      does: 'never finds its draft',
      has: 'heldUp',
      changes: () => ({ readGmailDraft: () => Promise.resolve(null) }),
    },
  ]

  test.each(wrong)('$does', async ({ has, changes }) => {
    const tally = await search(bench, { configuration: 'lagging', faults: 1, share: whole }, protocolWith(changes))
    expect(tally.problems[has]).toBeGreaterThan(0)
    expect(tally.failures[0]?.told).toBeDefined()
  })
})

test.each([
  ['never reads its draft back', false],
  ['reads its draft back and does not mind what it says', true],
])('the search finds a protocol that %s', async (_, looks) => {
  const protocol = protocolWith((gmail) => {
    const { createGmailDraft } = gmail
    let made: StoredGmailDraft | null = null
    return {
      createGmailDraft(mailbox, draft) {
        made = { ...draft, isAlone: false }
        return createGmailDraft.call(gmail, mailbox, draft)
      },
      async readGmailDraft(mailbox, id) {
        if (looks) await gmail.readGmailDraft(mailbox, id)
        return made
      },
    }
  })
  const tally = await search(bench, { configuration: 'altered', faults: 1, share: whole }, protocol)
  expect(tally.problems.notAsApproved).toBeGreaterThan(0)
})

test('the search finds a protocol that asks the owner at once', async () => {
  const tries = new WeakMap<AppContext, number>()
  const impatient: Protocol = {
    ...ours,
    dispatch(ctx, wanted, signal) {
      // As if the bound were over whenever a worker comes again.
      const again = tries.get(ctx) ?? 0
      tries.set(ctx, again + 1)
      const now = () => new Date(ctx.clock.now().getTime() + again * 11 * 60_000)
      return workOnSend({ ...ctx, clock: { now } }, wanted, signal)
    },
  }
  const tally = await search(bench, { configuration: 'lagging', faults: 1, share: whole }, impatient)
  expect(tally.problems.heldUp).toBeGreaterThan(0)
})

test('the search finds an entry that two workers may hold', async () => {
  const unleased = { ...bench, db: bench.db.withPlugin(new Unguarded('outbox', 'leaseUntil')) }
  const tally = await search(unleased, { configuration: 'kept', faults: 1, share: whole })
  expect(tally.problems.takenWhileHeld).toBeGreaterThan(0)
})

test('the search finds a worker that goes on after its entry was taken over', async () => {
  const unfenced = { ...bench, db: bench.db.withPlugin(new Unguarded('outbox', 'epoch')) }
  const smooth = await playSmoothly({ bench, configuration: configurations.lagging, protocol: ours })
  const firsts = childrenOf([], smooth, 1)
  const index = firsts.findIndex(([first]) => {
    return first?.decision === 'refuse' && smooth.points[first.point]?.name === 'before gmail-send-draft'
  })
  /** All that may follow a send that Gmail refused, with one fault more. */
  const afterRefusal = { configuration: 'lagging', faults: 2, share: { index, of: firsts.length } } as const
  expect((await search(bench, afterRefusal)).failures).toEqual([])
  expect((await search(unfenced, afterRefusal)).problems.falselyUnsent).toBeGreaterThan(0)
})

test('the search finds a protocol that never comes to an end', async () => {
  const createGmailDraft = () => Promise.reject(new UpstreamError('gmail', 'unavailable', 'never'))
  const protocol = protocolWith(() => ({ createGmailDraft }))
  const tally = await search(bench, { configuration: 'lagging', faults: 0, share: whole }, protocol)
  expect(tally.failures).toMatchObject([{ schedule: '-', end: 'READY:0', problems: ['stuck', 'heldUp'] }])
})

/** Our own dispatch with another way to use Gmail. */
function protocolWith(changes: (gmail: GmailModel) => Partial<Sender>): Protocol {
  return {
    dispatch: workOnSend,
    senderOf: (gmail) => Object.assign(Object.create(gmail) as Sender, changes(gmail)),
  }
}

function makesItOnceMore(gmail: GmailModel): Partial<Sender> {
  let made: StoredGmailDraft
  return {
    createGmailDraft(mailbox, draft) {
      made = { ...draft, isAlone: false }
      return gmail.createGmailDraft(mailbox, draft)
    },
    readGmailDraft: () => Promise.resolve(made),
    async sendGmailDraft(mailbox, id) {
      const isThere = (await gmail.readGmailDraft(mailbox, id)) !== null
      return gmail.sendGmailDraft(mailbox, isThere ? id : await gmail.createGmailDraft(mailbox, made))
    },
  }
}

test('an owner who was not told, a mail that does not fit its send, and a late change are seen', () => {
  const entry = { id: 'a', state: 'UNKNOWN', epoch: 1, sending_since: '2026-03-04T10:00:00Z', lease_until: null }
  const stored = { draft: 'unknown', email: 'needs_review', entries: [entry], notifications: [] } as const
  const world = newWorld()
  const told = { ...stored, notifications: [{ kind: 'send_unknown' }] }
  const deleted = [{ point: 3, decision: 'delete-draft' }] as const
  const problemsOf = (seen: Pick<Play, 'stored' | 'world'>, schedule: Schedule = deleted) =>
    judge({ ...seen, schedule, configuration: configurations.meddled, isSettled: true }).problems

  expect(problemsOf({ stored: told, world })).toEqual([])
  expect(problemsOf({ stored, world })).toEqual(['untold'])
  expect(problemsOf({ stored: { ...told, email: 'approved' }, world })).toEqual(['stuck'])
  expect(problemsOf({ stored: told, world: { ...world, lateChanges: 1 } })).toEqual(['lateChange'])
  expect(problemsOf({ stored: told, world: { ...world, takenWhileHeld: 1 } })).toEqual(['takenWhileHeld'])
  expect(problemsOf({ stored: told, world }, [{ point: 3, decision: 'lose' }])).toEqual(['heldUp'])
})
