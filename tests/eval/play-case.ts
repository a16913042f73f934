import { DateTime } from 'luxon'
import { z } from 'zod'
import type { DraftWithOriginal, EmailItem, Trace } from '../../shared-types/index.ts'
import { RetrieveOutput } from '../../shared-types/index.ts'
import type { Inbox } from '../support/connected-inbox.ts'
import type { EvalCase } from './case.ts'
import { answersTo, busyHours, type EvalStage, now, openCase, receiveMail } from './world.ts'

const Understood = z.object({
  needsReply: z.boolean(),
  asks: z.array(z.union([z.string(), z.object({ text: z.string() })])).optional(),
})

/** What the product made of a case. */
export interface Played {
  readonly one: EvalCase
  readonly intent: string
  readonly confidence: number
  readonly status: EmailItem['status']
  readonly needsReply: boolean
  readonly asks: readonly string[]
  readonly draft: DraftWithOriginal | null
  /** Related conversations in the order in which they were found, and the mails in theirs; past ones by their keys. */
  readonly found: { readonly threads: readonly string[]; readonly mails: readonly FoundMail[] }
  /** All that the models read. */
  readonly prompts: readonly string[]
  /** Hours that the draft offers, or accepts, and whether each is free and in working hours. */
  readonly slots: readonly { readonly isRight: boolean }[]
  readonly ms: number
  readonly cost: number
  readonly tokens: number
}

interface FoundMail {
  readonly thread: string
  readonly text: string
}

export async function playCase(stage: EvalStage, one: EvalCase): Promise<Played> {
  const { inbox, threads } = await openCase(stage, one)
  stage.asked.length = 0
  const mail = await receiveMail(stage, inbox, one)
  const asked = [...stage.asked]
  const { items } = await inbox.api.traces.list({ emailId: mail.id })
  const trace = items[0] ? await inbox.api.traces.get({ traceId: items[0].id }) : undefined
  const answer = answersTo(asked, 'classify').at(-1)
  const understood = answer ? Understood.parse(answer.json) : { needsReply: false, asks: [] }
  return {
    one,
    intent: mail.intent ?? 'none',
    confidence: mail.confidence ?? 0,
    status: mail.status,
    needsReply: mail.status === 'needs_review' || mail.status === 'approved',
    asks: (understood.asks ?? []).map((ask) => (typeof ask === 'string' ? ask : ask.text)),
    draft: mail.draft ? await inbox.draft(mail.draft.id) : null,
    found: trace ? await foundIn(stage, inbox, trace, threads) : { threads: [], mails: [] },
    slots: await slotsOf(stage, inbox),
    prompts: asked.map(({ request }) => request.prompt),
    ms: (trace?.steps ?? []).reduce((sum, { ms }) => sum + (ms ?? 0), 0),
    cost: trace?.cost ?? 0,
    tokens: trace?.tokens ?? 0,
  }
}

/** Against the calendar that `openCase` has filled, by the clock on the owner's wall. */
async function slotsOf({ app }: EvalStage, inbox: Inbox): Promise<{ isRight: boolean }[]> {
  const { workingDays, workingHoursStart, workingHoursEnd, timeZone } = await inbox.api.settings.get()
  const rows = await app.db
    .selectFrom('slotHolds')
    .where('userId', '=', inbox.userId)
    .select(['startAt', 'endAt'])
    .execute()
  return rows.map(({ startAt, endAt }) => {
    const [start, end] = [startAt, endAt].map((at) => DateTime.fromISO(at, { zone: timeZone }))
    if (!start || !end) return { isRight: false }
    const isAtWork =
      workingDays.includes(start.weekday) &&
      start.toFormat('HH:mm') >= workingHoursStart &&
      end.toFormat('HH:mm') <= workingHoursEnd &&
      start.hasSame(end, 'day')
    const isFree = busyHours(timeZone).every((busy) => end <= busy.start || start >= busy.end)
    return { isRight: isAtWork && isFree && start > DateTime.fromJSDate(now) }
  })
}

async function foundIn({ app }: EvalStage, inbox: Inbox, trace: Trace, threads: ReadonlyMap<string, string>) {
  const step = trace.steps.find(({ name, status }) => name === 'retrieve' && status === 'completed')
  if (!step) return { threads: [], mails: [] }
  const { sources } = RetrieveOutput.parse(step.output)
  const ids = sources.flatMap(({ kind, id }) => (kind === 'email' && id ? [id] : []))
  const rows = ids.length
    ? await app.db
        .selectFrom('emails')
        .where('userId', '=', inbox.userId)
        .where('id', 'in', ids)
        .select(['id', 'threadId', 'freshText'])
        .execute()
    : []
  const byId = new Map(rows.map((row) => [row.id, row]))
  const mails = ids.flatMap((id) => {
    const row = byId.get(id)
    return row ? [{ thread: threads.get(row.threadId) ?? row.threadId, text: row.freshText }] : []
  })
  return { threads: [...new Set(mails.map(({ thread }) => thread))], mails }
}
