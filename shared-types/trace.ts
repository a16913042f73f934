import { z } from 'zod'
import { Source } from './draft.ts'
import { Intent } from './mail.ts'
import { Id, Instant, pageInput, pageOf } from './page.ts'
import { Reason } from './reason.ts'

export const TraceStatus = z.enum(['queued', 'running', 'completed', 'failed'])
export type TraceStatus = z.infer<typeof TraceStatus>

export const StepName = z.enum(['classify', 'gate', 'retrieve', 'decide', 'execute', 'generate', 'verify', 'review'])
export type StepName = z.infer<typeof StepName>

/**
 * What a run may come to: fixed before anything is looked up, and it can only fall. `maySend`: a reply that nobody reads
 * first, made of what its receiver knows already. `reviewOnly`: a draft for the owner.
 */
export const RunMode = z.enum(['maySend', 'reviewOnly'])
export type RunMode = z.infer<typeof RunMode>

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

export const ToolExecution = z.strictObject({
  tool: z.string(),
  status: z.enum(['ok', 'failed']),
  ms: z.int(),
  input: z.unknown(),
  output: z.unknown(),
  error: z.string().nullable(),
})
export const ModelCall = z.strictObject({
  task: z.string(),
  model: z.string(),
  promptVersion: z.string(),
  outcome: z.string(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  cost: z.number(),
  ms: z.int(),
})

/** Where a piece of context came from and who may know it; its label, which can hold words of a mail, is with the draft. */
export const SourceRef = Source.omit({ label: true })
export type SourceRef = z.infer<typeof SourceRef>

/** What `retrieve` found, and which earlier mails of the person the reply answers too. `byMeaning`: not by words alone. */
export const RetrieveOutput = z.strictObject({
  sources: z.array(SourceRef),
  unanswered: z.array(Id),
  byMeaning: z.boolean(),
})
export type RetrieveOutput = z.infer<typeof RetrieveOutput>

/** What the tools of `execute` found. */
export const ExecuteOutput = z.strictObject({ sources: z.array(SourceRef), slots: z.int() })
export type ExecuteOutput = z.infer<typeof ExecuteOutput>

/** What `generate` wrote; `sources` are those it used. `leftOut`: what of a stranger's mail was taken out of the body. */
export const GenerateOutput = z.strictObject({
  kind: z.enum(['template', 'free_text']),
  /** The approved template that was filled in. */
  template: z.strictObject({ id: Id, version: z.int() }).optional(),
  bodyLength: z.int(),
  confidence: z.number(),
  openQuestions: z.int(),
  sources: z.array(SourceRef),
  leftOut: z.array(z.enum(['link', 'phone', 'iban'])),
})
export type GenerateOutput = z.infer<typeof GenerateOutput>

/** What `verify` came to. A reply that is for review anyway is not read over; `codes` say why, where the gate did not. */
export const VerifyOutput = z.strictObject({
  verdict: z.enum(['passed', 'withheld', 'not_asked']),
  codes: z.array(Reason.shape.code),
})
export type VerifyOutput = z.infer<typeof VerifyOutput>

/**
 * Inputs and outputs are redacted: ids, sizes and verdicts, no mail text. Those of older versions have other fields, so
 * that a program parses with the schemas above and shows the rest as it is.
 */
export const TraceStep = z.strictObject({
  name: StepName,
  order: z.int(),
  status: z.enum(['running', 'completed', 'failed']),
  startedAt: Instant,
  ms: z.int().nullable(),
  input: z.unknown(),
  output: z.unknown(),
  error: z.string().nullable(),
  toolExecutions: z.array(ToolExecution),
  modelCalls: z.array(ModelCall),
})
export type TraceStep = z.infer<typeof TraceStep>

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
