import { setTimeout } from 'node:timers/promises'
import { type Answers, collectAnswers } from './answers.ts'
import { callServer } from './http-call.ts'
import type { Traffic } from './traffic.ts'

const tickMs = 20

export interface LoadTarget {
  readonly url: string
  readonly traffic: Traffic
  /** Called a few times a second. */
  readonly onTick: () => void
}

/** As many requests a second as given, whether earlier ones are answered or not; ends when the last is answered. */
export async function loadAt(
  target: LoadTarget,
  rate: number,
  ms: number,
  answers = collectAnswers(),
): Promise<Answers> {
  const open = new Set<Promise<void>>()
  const started = performance.now()
  let sent = 0
  for (let now = started; now - started < ms; now = performance.now()) {
    for (const due = ((now - started) / 1_000) * rate; sent < due; sent++) {
      const act = play(target, answers).finally(() => open.delete(act))
      open.add(act)
    }
    target.onTick()
    await setTimeout(tickMs)
  }
  await Promise.all(open)
  return answers
}

/** As many as can be answered: so many callers, each asking anew once it is answered. */
export async function loadFully(target: LoadTarget, callers: number, ms: number): Promise<Answers> {
  const answers = collectAnswers()
  const started = performance.now()
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() - started < ms) {
        target.onTick()
        await play(target, answers)
      }
    }),
  )
  return answers
}

async function play({ url, traffic }: LoadTarget, answers: Answers): Promise<void> {
  const { call, learn } = await traffic.next()
  const answer = await callServer(url, call)
  learn(answer)
  answers.add(answer)
}
