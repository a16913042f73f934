import { type Answers, collectAnswers } from './answers.ts'
import { countDue } from './backlog.ts'
import { loadAt, type LoadTarget } from './load.ts'
import type { Normal } from './recovery.ts'
import { readFigures } from './server-figures.ts'
import type { HeldStage } from './stage.ts'

export interface HeldBase {
  readonly answers: Answers
  readonly normal: Normal
  /** The worst tenth of the time. */
  readonly loopDelayP99Ms: number
  readonly memoryMb: readonly [warm: number, end: number]
  readonly isFlat: boolean
}

const tenths = 10
/** The first four tenths are warm-up. Flat: the last three are on average at most so much above the three before. */
const growth = { share: 1.15, mb: 30 }

/** The base load for long, looked at ten times. */
export async function holdBase(
  { app, server }: HeldStage,
  target: LoadTarget,
  { rate, seconds, tell }: { rate: number; seconds: number; tell: (line: string) => void },
): Promise<HeldBase> {
  const answers = collectAnswers()
  const memory: number[] = []
  const delays: number[] = []
  const dues: number[] = []
  await readFigures(server)
  for (let tenth = 1; tenth <= tenths; tenth++) {
    await loadAt(target, rate, (seconds * 1_000) / tenths, answers)
    const { loopDelayP99Ms, memoryMb } = await readFigures(server)
    const due = await countDue(app)
    dues.push(due)
    delays.push(loopDelayP99Ms)
    memory.push(memoryMb)
    tell(`${tenth}/${tenths}: ${answers.count} requests, loop ${loopDelayP99Ms} ms, ${memoryMb} MB, ${due} jobs wait`)
  }
  const [warm, end] = [mean(memory.slice(4, 7)), mean(memory.slice(7))]
  return {
    answers,
    normal: { rate, p95Ms: answers.quantile(0.95), due: Math.max(...dues) },
    loopDelayP99Ms: Math.max(...delays),
    memoryMb: [warm, end],
    isFlat: end <= Math.max(warm * growth.share, warm + growth.mb),
  }
}

function mean(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) / values.length)
}
