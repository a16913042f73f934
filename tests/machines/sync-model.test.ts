// Slow: 40 worlds of some twenty acts each, synced and worked off to rest.
import { expect, test } from 'vitest'
import { createStage } from './sync-model/stage.ts'
import { inWords, playWorlds } from './sync-model/worlds.ts'

/** Of the 500 that `npm run test:sync-model` plays, and always the same ones. */
const worlds = 40

test(`${worlds} worlds of edits, faults and crashes end with the stored mailbox equal to Gmail's`, async () => {
  await using stage = await createStage()
  const { failures } = await playWorlds(stage, { worlds, seed: 1, tell: () => undefined })
  expect(failures.map(inWords)).toEqual([])
})
