// Slow: 40 worlds of some twenty acts each, synced and worked off to rest.
import { afterAll, expect, test } from 'vitest'
import { Unguarded } from '../support/unguarded.ts'
import { play, planOf } from './sync-model/play.ts'
import { openStage, type Stage, weakened } from './sync-model/stage.ts'
import { inWords, playWorlds } from './sync-model/worlds.ts'

const stage = await openStage()
afterAll(() => stage[Symbol.asyncDispose]())

/** Of the 500 that `npm run test:sync-model` plays, and always the same ones. */
const worlds = 40

test(`${worlds} worlds of edits, faults and crashes end with the stored mailbox equal to Gmail's`, async () => {
  const { failures } = await playWorlds(stage, { worlds, seed: 1, tell: () => undefined })
  expect(failures.map(inWords)).toEqual([])
})

test('the model notices a mailbox that two syncs may hold', async () => {
  const loose = weakened(stage, new Unguarded('mailboxes', 'leaseUntil'))
  const sentence = 'a sync began while another held the mailbox'
  expect(await problemsWith(sentence, loose, { seed: 3 })).toContain(sentence)
})

test('the model notices a sync that goes on after its mailbox was taken over', async () => {
  const loose = weakened(stage, new Unguarded('mailboxes', 'leaseEpoch'))
  const problems = await problemsWith('the cursor went back', loose, { seed: 10 })
  expect(problems).toContain('a sync went on after its mailbox was taken over')
})

test('the model notices a job that failed for good', async () => {
  const handlers = { ...stage.handlers, 'process-email': () => Promise.reject(new Error('not today')) }
  const arrival = { kind: 'arrive', seed: 1 } as const
  const { problems } = await play({ ...stage, handlers }, { settings: { autonomy: 'ask' }, acts: [arrival] })
  expect(problems).toContain('a dead letter: process-email: not today')
})

/** Of the first world from this seed on that has it: the very first one, as long as the acts keep their weights. */
async function problemsWith(sentence: string, loose: Stage, { seed }: { seed: number }): Promise<readonly string[]> {
  const tries = 20
  for (let world = seed; world < seed + tries; world++) {
    const { problems } = await play(loose, planOf(world))
    if (problems.some((problem) => problem.startsWith(sentence))) return problems
  }
  return []
}
