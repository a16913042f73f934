import { quickDatabase } from '../kit/databases.ts'
import { openBench } from './bench.ts'
import { type ConfigurationName, configurations } from './configurations.ts'
import { play } from './play.ts'
import { parseSchedule } from './schedule.ts'
import { ours } from './stage.ts'
import { judge } from './verdict.ts'

/** One schedule, told point by point: every step that was passed, what happened there, and how it ended. */
export async function replay(configuration: ConfigurationName, text: string): Promise<string[]> {
  await using database = await quickDatabase()
  await using bench = await openBench(database.config)
  const schedule = parseSchedule(text)
  const played = await play({ bench, configuration: configurations[configuration], protocol: ours }, schedule)
  if (!played) return [`the last decision of ${text} changes nothing`]
  const lines = played.points.map(({ name }, point) => {
    const decision = schedule.find((choice) => choice.point === point)?.decision
    return decision ? `${point} ${name}: ${decision.toUpperCase()}` : `${point} ${name}`
  })
  const { end, problems } = judge(played)
  return [...lines, `${end}; draft ${played.stored.draft}, mail ${played.stored.email}`, ...problems]
}
