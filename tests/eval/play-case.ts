import { z } from 'zod'
import type { DraftWithOriginal, EmailItem, Trace } from '../../shared-types/index.ts'
import { RetrieveOutput } from '../../shared-types/index.ts'
import type { Inbox } from '../support/connected-inbox.ts'
import type { EvalCase } from './case.ts'
import { answersTo, type EvalStage, openCase, receiveMail } from './world.ts'

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
    prompts: asked.map(({ request }) => request.prompt),
    ms: (trace?.steps ?? []).reduce((sum, { ms }) => sum + (ms ?? 0), 0),
    cost: trace?.cost ?? 0,
    tokens: trace?.tokens ?? 0,
  }
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
