import type { Bench } from './bench.ts'
import { type ConfigurationName, configurations } from './configurations.ts'
import { explore, type Share } from './explore.ts'
import { sample, type SampleSize } from './sample.ts'
import { ours, type Protocol } from './stage.ts'
import { newTally, note, type Tally } from './tally.ts'

export interface Search {
  readonly configuration: ConfigurationName
  /** All schedules of at most so many faults. */
  readonly faults: number
  readonly share: Share
  /** Some of those with more. */
  readonly sample?: Omit<SampleSize, 'above'>
}

export async function search(bench: Bench, wanted: Search, protocol: Protocol = ours): Promise<Tally> {
  const setting = { bench, configuration: configurations[wanted.configuration], protocol }
  const tally = newTally()
  await bench.vacuum()
  for await (const { schedule, played } of explore(setting, wanted.faults, wanted.share)) note(tally, schedule, played)
  if (wanted.sample) {
    const size = { ...wanted.sample, above: wanted.faults }
    for await (const { schedule, played } of sample(setting, size)) note(tally, schedule, played)
  }
  return tally
}
