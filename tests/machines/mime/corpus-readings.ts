import type { MailReading } from '../../../server/mail/fields.ts'
import type { MimeCodec } from '../../../server/ports.ts'
import { type CorpusMail, corpusMails } from '../../support/corpus.ts'
import { refusedStrings } from '../../support/stored-strings.ts'

export interface CorpusReading {
  readonly name: string
  readonly reading: MailReading
  /** At most so much was computed for it: by all threads, of which another may have read another mail meanwhile. */
  readonly ms: number
}

/** Every nth mail of the three large parts of the corpus, read two at a time. */
export async function readCorpus(codec: MimeCodec, { every }: { every: number }): Promise<CorpusReading[]> {
  const waiting = ['mime', 'machine-mail', 'ham-spam'].flatMap((part) => corpusMails(part, { every })).values()
  const readings: CorpusReading[] = []
  const work = async () => {
    for (const mail of waiting) readings.push(await readOne(codec, mail))
  }
  await Promise.all([work(), work()])
  return readings
}

async function readOne(codec: MimeCodec, { name, read }: CorpusMail): Promise<CorpusReading> {
  const before = process.cpuUsage()
  const reading = await codec.parse(read())
  const { user, system } = process.cpuUsage(before)
  return { name, reading, ms: (user + system) / 1_000 }
}

/** One of the three outcomes, with a reason where one is owed, and nothing in it that the database refuses. */
export function isTyped({ reading }: CorpusReading): boolean {
  if (refusedStrings(reading).length > 0) return false
  if (reading.kind === 'parsed') return reading.problem === null
  return reading.problem !== '' && (reading.kind === 'partial') === (reading.mail !== null)
}
