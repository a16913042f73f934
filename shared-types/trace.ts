import { z } from 'zod'
import { Source } from './draft.ts'
import { Intent } from './mail.ts'
import { Id, Instant, pageInput, pageOf } from './page.ts'
import { Reason } from './reason.ts'
import { RunMode, TraceStep } from './trace-step.ts'

export const TraceStatus = z.enum(['queued', 'running', 'completed', 'failed'])
export type TraceStatus = z.infer<typeof TraceStatus>

export const ListTracesInput = z.strictObject({ ...pageInput, emailId: Id.optional(), status: TraceStatus.optional() })
export type ListTracesInput = z.infer<typeof ListTracesInput>

/** One run of the agent over one mail. `cost` in US dollars. */
export const TraceItem = z.strictObject({
  id: Id,
  emailId: Id,
  subject: z.string(),
  intent: Intent.nullable(),
  status: TraceStatus,
  /** Null while it is not fixed yet, and where nothing is to be answered. */
  mode: RunMode.nullable(),
  totalMs: z.int().nullable(),
  stepCount: z.int(),
  tokens: z.int(),
  cost: z.number(),
  createdAt: Instant,
})
export type TraceItem = z.infer<typeof TraceItem>
export const TracePage = pageOf(TraceItem)
export type TracePage = z.infer<typeof TracePage>

export const TraceInput = z.strictObject({ traceId: Id })

export const ReplayVerdict = z.enum(['no_reply', 'ask', 'send', 'failed'])
export type ReplayVerdict = z.infer<typeof ReplayVerdict>

/** What the owner said when they asked for the run. */
export const RunRequest = z.strictObject({
  instruction: z.string().optional(),
  /** Their answers to open questions of the draft before. */
  answers: z.array(z.strictObject({ question: z.string(), answer: z.string() })).optional(),
  replyAnyway: z.boolean().optional(),
  /** The draft that the new one takes the place of. */
  draftId: Id.optional(),
  /** A program asked, with a personal token of theirs. */
  byProgram: z.boolean().optional(),
})
export type RunRequest = z.infer<typeof RunRequest>

const codes = z.array(Reason.shape.code)

/** What a run came to, and comes to with the present prompts, model, settings and context. Nothing of it is kept or sent. */
export const Replay = z.strictObject({
  traceId: Id,
  /** Prompts and models; null where that was not recorded. */
  agentVersion: z.strictObject({ before: z.string().nullable(), after: z.string() }),
  intent: z.strictObject({ before: Intent.nullable(), after: Intent.nullable() }),
  /** `no_reply`: nothing to answer. `failed`: see `error`, or that of the trace. */
  verdict: z.strictObject({ before: ReplayVerdict, after: ReplayVerdict }),
  /** Why it is not sent unread. */
  reasons: z.strictObject({ removed: codes, added: codes }),
  body: z.strictObject({
    before: z.string().nullable(),
    after: z.string().nullable(),
    /** Sentences. */
    removed: z.array(z.string()),
    added: z.array(z.string()),
  }),
  openQuestions: z.strictObject({ removed: z.array(z.string()), added: z.array(z.string()) }),
  sources: z.strictObject({ removed: z.array(Source), added: z.array(Source) }),
  isSame: z.boolean(),
  error: z.string().nullable(),
  tokens: z.int(),
  /** US dollars. */
  cost: z.number(),
  ms: z.int(),
})
export type Replay = z.infer<typeof Replay>

export const Trace = TraceItem.extend({
  error: z.string().nullable(),
  request: RunRequest.nullable(),
  steps: z.array(TraceStep),
})
export type Trace = z.infer<typeof Trace>
