import type { MailReading } from '../../../server/mail/fields.ts'
import type { MimeCodec } from '../../../server/ports.ts'
import { refusedStrings } from '../../support/stored-strings.ts'
import type { Batch, FuzzDatabase } from './database.ts'
import { type FuzzInput, openInputs } from './inputs.ts'
import { watchLoop } from './loop-watch.ts'

const batchSize = 50

export interface FuzzPlan {
  readonly inputs: number
  readonly seed: number
  /** Every nth mail of the corpus is read as it is, and changed. */
  readonly corpusEvery: number
  /** Every nth reading is stored. */
  readonly writeEvery: number
  /** Readings under way at a time. */
  readonly parallel: number
  tell(line: string): void
}

/** Reads the inputs through the product's codec and stores some of what comes out. */
export async function playFuzz(codec: MimeCodec, database: FuzzDatabase, plan: FuzzPlan) {
  const { given, at } = openInputs(plan)
  const tally = { crashes: 0, unstorable: 0, late: 0, written: 0, rejectedWrites: 0, worstMs: 0 }
  const kinds = { parsed: 0, partial: 0, quarantined: 0 }
  const problems: string[] = []
  const fail = (count: 'crashes' | 'unstorable' | 'rejectedWrites', what: string) => {
    tally[count] += 1
    problems.push(what)
  }
  let waiting: Batch = []
  let next = 0

  async function readNext(): Promise<void> {
    while (next < plan.inputs) {
      const index = next++
      if (index % 5_000 === 0 && index > 0) plan.tell(`${index} of ${plan.inputs} read`)
      const input = at(index)
      const startedAt = performance.now()
      const reading = await codec
        .parse(input.raw)
        .catch((error: unknown) => fail('crashes', `${input.name}: ${String(error)}`))
      tally.worstMs = Math.max(tally.worstMs, Math.round(performance.now() - startedAt))
      if (reading) await judge(input, index, reading)
    }
  }

  async function judge({ name }: FuzzInput, index: number, reading: MailReading): Promise<void> {
    kinds[reading.kind] += 1
    if (/broke the reader/.test(reading.problem ?? '')) fail('crashes', `${name}: ${reading.problem}`)
    if (/too long\./.test(reading.problem ?? '')) tally.late += 1
    if (refusedStrings(reading).length > 0) fail('unstorable', `${name}: characters that PostgreSQL refuses`)
    if (reading.kind === 'quarantined' || index % plan.writeEvery !== 0) return
    waiting = [...waiting, { name, reading }]
    if (waiting.length >= batchSize) await store()
  }

  async function store(): Promise<void> {
    const batch = waiting
    waiting = []
    const refused = await database.write(batch)
    tally.written += batch.length - refused.length
    for (const what of refused) fail('rejectedWrites', what)
  }

  const watch = watchLoop()
  await Promise.all(Array.from({ length: plan.parallel }, readNext))
  const { blocked, worstMs } = watch.stop()
  if (waiting.length > 0) await store()
  if (blocked > 0) problems.push(`the main loop was held up ${blocked} times, ${worstMs} ms at worst`)
  const figures = { inputs: plan.inputs, given, ...tally, blockedMainLoop: blocked, worstLoopMs: worstMs, ...kinds }
  return { figures: { ...figures, seed: plan.seed }, problems }
}
