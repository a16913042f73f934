import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { News, Share } from './worker.ts'
import type { Tally } from './worlds.ts'

const { values } = parseArgs({ options: { worlds: { type: 'string' }, seed: { type: 'string' } } })
const worlds = Number(values.worlds ?? 500)
const seed = Number(values.seed ?? randomInt(2 ** 31))
if (!Number.isInteger(worlds) || !Number.isInteger(seed)) throw new Error('--worlds and --seed are whole numbers')

const startedAt = performance.now()
const stages = Math.min(worlds, availableParallelism(), 4)
console.error(`${worlds} worlds from seed ${seed} on, on ${stages} stages`)
const tallies = await Promise.all(Array.from({ length: stages }, (_, index) => playShare(shareOf(index))))

const sum = (count: (tally: Tally) => number) => tallies.reduce((total, tally) => total + count(tally), 0)
const unequal = tallies.flatMap(({ failures }) => failures.map((failure) => failure.seed))
console.log(
  JSON.stringify({
    worlds,
    equal: worlds - unequal.length,
    seed,
    acts: sum(({ acts }) => acts),
    messages: sum(({ messages }) => messages),
    unequal,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
  }),
)
process.exitCode = unequal.length === 0 ? 0 : 1

function shareOf(index: number): Share {
  const first = Math.floor((worlds * index) / stages)
  const end = Math.floor((worlds * (index + 1)) / stages)
  return { server: process.env['TEST_DATABASE_URL'], worlds: end - first, seed: seed + first }
}

/** In a thread of its own: what crashes one stage must not crash another. */
function playShare(share: Share): Promise<Tally> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: share })
  return new Promise((resolve, reject) => {
    worker.on('error', reject)
    worker.on('message', (news: News) => {
      if ('line' in news) console.error(news.line)
      else resolve(news.tally)
    })
  })
}
