import { availableParallelism } from 'node:os'
import { seed, wholeNumber } from '../kit/command-line.ts'
import { runMachine } from '../kit/run-machine.ts'
import { playInThreads } from '../kit/threads.ts'
import type { Share } from './thread.ts'
import type { Tally } from './worlds.ts'

await runMachine(
  {
    command: 'test:sync-model',
    about: 'Random edits, faults and crashes: what is stored ends equal to the mailbox.',
    options: { worlds: wholeNumber('worlds, each by the next seed', 500), seed },
  },
  async ({ worlds, seed }, { tell, seconds }) => {
    const stages = Math.min(worlds, availableParallelism(), 4)
    tell(`${worlds} worlds from seed ${seed} on, on ${stages} stages`)
    const shares: Share[] = Array.from({ length: stages }, (_, index) => {
      const first = Math.floor((worlds * index) / stages)
      const end = Math.floor((worlds * (index + 1)) / stages)
      return { server: process.env['TEST_DATABASE_URL'], worlds: end - first, seed: seed + first }
    })
    // In threads of their own: what crashes one stage must not crash another.
    const script = new URL('./thread.ts', import.meta.url)
    const tallies = await playInThreads<Share, Tally>(script, shares, { threads: stages, tell })

    const sum = (count: (tally: Tally) => number) => tallies.reduce((total, tally) => total + count(tally), 0)
    const unequal = tallies.flatMap(({ failures }) => failures.map((failure) => failure.seed))
    return {
      figures: {
        worlds,
        equal: worlds - unequal.length,
        seed,
        acts: sum(({ acts }) => acts),
        messages: sum(({ messages }) => messages),
        unequal,
        seconds: seconds(),
      },
      problems: unequal.map((world) => `the world ${world} ended unequal`),
    }
  },
)
