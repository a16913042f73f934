import { parseArgs } from 'node:util'
import { quickDatabase } from '../kit/databases.ts'
import { runChaos } from './chaos/chaos.ts'
import { runHeld } from './held/held.ts'
import { runKills } from './kills/kills.ts'
import { runStorm } from './storm/storm.ts'

const parts = ['kills', 'storm', 'chaos', 'held']
const { values } = parseArgs({
  options: {
    /** Parts to run, as often as wanted; all of them by default. */
    only: { type: 'string', multiple: true, default: parts },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Kills: jobs, workers, and the length of the time with kills. */
    jobs: { type: 'string', default: '2000' },
    workers: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '180' },
    /** Storm. */
    rounds: { type: 'string', default: '10000' },
    /** Chaos: jobs and the length of the time with strikes; the restart is for a server that nobody else uses. */
    'chaos-jobs': { type: 'string', default: '400' },
    'chaos-seconds': { type: 'string', default: '120' },
    'restart-server': { type: 'boolean', default: false },
    /** Load held: the time at the base load, each time at three times of it, and the base as a share of what is held. */
    'held-seconds': { type: 'string', default: '600' },
    'overload-seconds': { type: 'string', default: '60' },
    share: { type: 'string', default: '0.4' },
  },
})
const { only } = values
const unknown = only.filter((part) => !parts.includes(part))
if (unknown.length > 0) throw new Error(`--only takes ${parts.join(', ')}, not ${unknown.join(', ')}`)
const seed = Number(values.seed)
const server = process.env['TEST_DATABASE_URL']
if (!server && only.some((part) => part !== 'storm')) {
  console.error('Kills, chaos and load need several processes on one PostgreSQL: set TEST_DATABASE_URL.')
  process.exit(1)
}
const tell = (line: string) => console.log(line)
const started = performance.now()

const kills = only.includes('kills') ? await playKills() : undefined
const storm = only.includes('storm') ? await playStorms() : undefined
const chaos = only.includes('chaos') ? await playChaos() : undefined
const held = only.includes('held') ? await playHeld() : undefined

const { isHeld: _kills, ...killFigures } = kills ?? { isHeld: true }
const { isHeld: _storm, ...stormFigures } = storm ?? { isHeld: true }
const { isHeld: _chaos, ...chaosFigures } = chaos ?? { isHeld: true }
const { isHeld: _held, ...heldFigures } = held ?? { isHeld: true }
const seconds = Math.round((performance.now() - started) / 1_000)
console.log(JSON.stringify({ ...killFigures, ...stormFigures, ...chaosFigures, ...heldFigures, seconds, seed }))
process.exitCode = [kills, storm, chaos, held].every((part) => part?.isHeld ?? true) ? 0 : 1

function playKills() {
  const { jobs, workers, seconds: killSeconds } = values
  const sizes = { jobs: Number(jobs), workers: Number(workers), seconds: Number(killSeconds) }
  return runKills({ ...sizes, server: server ?? '', seed, tell })
}

async function playStorms() {
  await using database = await quickDatabase(server)
  // Awaited here: the database goes with this scope.
  return await runStorm({ rounds: Number(values.rounds), seed, database: database.config, tell })
}

function playChaos() {
  const sizes = { jobs: Number(values['chaos-jobs']), seconds: Number(values['chaos-seconds']) }
  const workers = Number(values.workers)
  return runChaos({ ...sizes, workers, restart: values['restart-server'], server: server ?? '', tell })
}

function playHeld() {
  const sizes = { heldSeconds: Number(values['held-seconds']), overloadSeconds: Number(values['overload-seconds']) }
  return runHeld({ ...sizes, share: Number(values.share), server: server ?? '', seed, tell })
}
