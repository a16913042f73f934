import type { AppContext } from '../../../server/context.ts'
import { UpstreamError } from '../../../server/errors.ts'
import { approveDraft, cancelSend } from '../../../server/services/drafts.ts'
import { dispatchOutbox } from '../../../server/services/outbox.ts'
import { hookSteps } from '../../../server/step.ts'
import type { Bench } from './bench.ts'
import type { Configuration } from './configurations.ts'
import { contextOf } from './context-of.ts'
import { GmailModel } from './gmail-model.ts'
import type { Stored } from './one-mail.ts'
import type { Choice, Decision, Schedule } from './schedule.ts'
import { VirtualClock } from './virtual-clock.ts'
import { Workers } from './workers.ts'

export interface Point { readonly name: string; readonly options: readonly Decision[] }
export interface Play {
  readonly points: readonly Point[]
  readonly isSettled: boolean
  readonly stored: Stored
  readonly delivered: number
  readonly isUndone: boolean
  readonly lateChanges: number
  readonly draftsLeft: number
  readonly lastError: unknown
}
const undoWindowMs = 31_000
const lapseMs = 61_000
const boundMs = 11 * 60_000
const waits = [undoWindowMs, lapseMs, lapseMs, boundMs, boundMs, boundMs, boundMs, boundMs, boundMs, boundMs]
const gmailWrites = new Set(['gmail-create-draft', 'gmail-send-draft', 'gmail-delete-draft'])
const refusable = new Set(['gmail-create-draft', 'gmail-send-draft'])
const events: readonly Decision[] = ['cancel', 'delete-draft', 'edit-draft', 'redeliver']

export const opts = { dieAfter: true, dbFaults: false }

export async function play(bench: Bench, configuration: Configuration, schedule: Schedule): Promise<Play> {
  await bench.reset()
  const clock = new VirtualClock()
  const workers = new Workers()
  const gmail = new GmailModel(configuration, () => clock.now())
  const queue: string[] = []
  const ctx: AppContext = contextOf(bench.db, { clock, mailSender: gmail, queue })
  const points: Point[] = []
  let next = 0
  let isUndone = false, hasCancelled = false
  let lateChanges = 0
  const signal = new AbortController().signal
  const { userId, draftId } = bench
  const dispatch = () => dispatchOutbox(ctx, { userId, outboxId: queue[0] ?? '' }, signal)

  function choose(name: string, options: Decision[]): Decision | undefined {
    const point = points.length
    points.push({ name, options })
    const choice: Choice | undefined = schedule[next]
    if (choice?.point !== point) return undefined
    if (!options.includes(choice.decision)) throw new Error(`no ${choice.decision} at ${point} ${name}`)
    next += 1
    return choice.decision
  }
  function possible(event: Decision): boolean {
    if (event === 'cancel') return !hasCancelled
    if (event === 'delete-draft' || event === 'edit-draft') return gmail.drafts.size > 0
    return true
  }
  async function pass(moment: 'before' | 'after', name: string): Promise<void> {
    if (!workers.isMoving) return
    let last = -1
    for (;;) {
      const isGmail = name.startsWith('gmail-')
      const isApprove = name === 'approve-draft'
      const options: Decision[] = []
      if (moment === 'before' || opts.dieAfter || isApprove) options.push('die')
      if (!isApprove) options.push('stall')
      if (moment === 'before') {
        if (isGmail || opts.dbFaults) options.push('fail')
        if (refusable.has(name)) options.push('refuse')
        if (!isApprove) options.push(...configuration.meddling.filter((event) => events.indexOf(event) > last && possible(event)))
        if (workers.anyAsleep) options.push('wake')
      } else if (gmailWrites.has(name) || (!isGmail && opts.dbFaults)) options.push('lose')
      const decision = choose(`${moment} ${name}`, options)
      switch (decision) {
        case undefined: return
        case 'die': return workers.die()
        case 'stall': return workers.fallAsleep()
        case 'fail': throw isGmail ? new UpstreamError('gmail', 'unavailable', 'fail') : new Error('db fail')
        case 'refuse': throw new UpstreamError('gmail', 'rejected', 'refused')
        case 'lose': throw isGmail ? new UpstreamError('gmail', 'timeout', 'lost') : new Error('db lost')
        case 'wake': last = -1; await workers.wake(); continue
        case 'redeliver': await workers.run(dispatch); break
        case 'cancel':
          hasCancelled = true
          await workers.aside(() => cancelSend(ctx, userId, { draftId, version: 1 }).then(() => { isUndone = true }, () => undefined))
          break
        case 'delete-draft': gmail.drafts.clear(); break
        case 'edit-draft': for (const [id, mail] of gmail.drafts) gmail.drafts.set(id, { ...mail, outboxId: 'x', text: 'edited' }); break
      }
      last = events.indexOf(decision)
    }
  }
  hookSteps({ before: (name) => pass('before', name), after: (name) => pass('after', name) })
  let isSettled = false
  try {
    while ((await workers.run(() => approveDraft(ctx, userId, { draftId, version: 1 }))) === 'died');
    for (const wait of waits) {
      clock.advance(wait)
      if ((await workers.run(dispatch)) !== 'done') continue
      isSettled = true
      if (!workers.anyAsleep) break
      const before = JSON.stringify(await bench.read())
      while (workers.anyAsleep) await workers.wake()
      if (JSON.stringify(await bench.read()) !== before) lateChanges += 1
    }
  } finally { hookSteps(undefined) }
  return { points, isSettled, stored: await bench.read(), delivered: gmail.sent.length, isUndone, lateChanges, draftsLeft: gmail.drafts.size, lastError: workers.lastError }
}
