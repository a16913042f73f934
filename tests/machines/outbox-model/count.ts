import { openBench } from './bench.ts'
import { configurations, type ConfigurationName } from './configurations.ts'
import { opts, play } from './play.ts'
import { faultsIn, printSchedule, type Schedule } from './schedule.ts'
const [name, faults, dieAfter, db, meddle] = process.argv.slice(2)
opts.dieAfter = dieAfter === '1'; opts.dbFaults = db === '1'
const configuration = { ...configurations[name as ConfigurationName], ...(meddle ? { meddling: meddle.split(',').filter(Boolean) as never } : {}) }
await using bench = await openBench({ kind: 'embedded', directory: 'memory://x' })
const ends: Record<string, number> = {}
let n = 0, t = performance.now(), pts = 0
async function walk(schedule: Schedule) {
  const p = await play(bench, configuration, schedule)
  n++
  if (n % 2000 === 0) console.log(n, performance.now() - t)
  pts += p.points.length
  const key = `${p.stored.states.join('+')} ${p.stored.draft} ${p.stored.email} ${p.stored.told} delivered ${p.delivered} settled ${p.isSettled} late ${p.lateChanges} undone ${p.isUndone} left ${p.draftsLeft}`
  if (!ends[key]) console.log(key, '\n   ', printSchedule(schedule), schedule.map((c) => p.points[c.point]!.name + ':' + c.decision).join(' | '), String(p.lastError))
  ends[key] = (ends[key] ?? 0) + 1
  if (schedule.length === 0) console.log(p.points.map((x, i) => `${i} ${x.name}: ${x.options}`).join('\n'))
  const from = (schedule.at(-1)?.point ?? -1) + 1
  for (let i = from; i < p.points.length; i++) for (const d of p.points[i]!.options) {
    const child = [...schedule, { point: i, decision: d }]
    if (faultsIn(child) <= Number(faults)) await walk(child)
  }
}
await walk([])
console.log(n, 'schedules', (performance.now() - t) / n, 'ms each, points', pts / n)
console.table(ends)
