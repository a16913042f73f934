import { z } from 'zod'
import { Source } from './draft.ts'
import { Intent } from './mail.ts'
import { Id, Instant } from './page.ts'
import { Reason } from './reason.ts'

export const StepName = z.enum(['classify', 'gate', 'retrieve', 'decide', 'execute', 'generate', 'verify', 'review'])
export type StepName = z.infer<typeof StepName>

/**
 * What a run may come to: fixed before anything is looked up, and it can only fall. `maySend`: a reply that nobody reads
 * first, made of what its receiver knows already. `reviewOnly`: a draft for the owner.
 */
export const RunMode = z.enum(['maySend', 'reviewOnly'])
export type RunMode = z.infer<typeof RunMode>

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

/** What `classify` found; `asks` counts them, `due` names their deadlines, an instant or a date each. */
export const ClassifyOutput = z.strictObject({
  intent: Intent,
  confidence: z.number(),
  /** ISO 639-1, or `und`. */
  language: z.string(),
  needsReply: z.boolean(),
  asks: z.int(),
  due: z.array(z.string()),
  decidedBy: z.enum(['rule', 'model', 'thread', 'owner']),
  reason: Reason.shape.code,
})
export type ClassifyOutput = z.infer<typeof ClassifyOutput>

/** What the run may come to, and why not more. */
export const GateOutput = z.strictObject({ mode: RunMode, reasons: z.array(Reason) })
export type GateOutput = z.infer<typeof GateOutput>

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

/** Which tools `decide` chose. */
export const DecideOutput = z.strictObject({ tools: z.array(z.string()) })
export type DecideOutput = z.infer<typeof DecideOutput>

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

/** What `review` judged. */
export const ReviewOutput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('send') }),
  z.strictObject({ kind: z.literal('ask'), reasons: z.array(Reason) }),
])
export type ReviewOutput = z.infer<typeof ReviewOutput>

const outputs = {
  classify: ClassifyOutput,
  gate: GateOutput,
  retrieve: RetrieveOutput,
  decide: DecideOutput,
  execute: ExecuteOutput,
  generate: GenerateOutput,
  verify: VerifyOutput,
  review: ReviewOutput,
} satisfies Record<StepName, z.ZodType>

/** What each step tells of itself. */
export type StepOutput<Name extends StepName> = z.infer<(typeof outputs)[Name]>

const TimedStep = z.strictObject({
  order: z.int(),
  status: z.enum(['running', 'completed', 'failed']),
  startedAt: Instant,
  ms: z.int().nullable(),
  input: z.unknown(),
  /** What another version of this program told of the step. */
  otherOutput: z.unknown(),
  error: z.string().nullable(),
  toolExecutions: z.array(ToolExecution),
  modelCalls: z.array(ModelCall),
})

function stepNamed<Name extends StepName, Output extends z.ZodType>(name: Name, output: Output) {
  return TimedStep.extend({ name: z.literal(name), output: z.nullable(output) })
}

/** Inputs and outputs are redacted: ids, sizes and verdicts, no mail text. `output` is null while and where there is none. */
export const TraceStep = z.discriminatedUnion('name', [
  stepNamed('classify', outputs.classify),
  stepNamed('gate', outputs.gate),
  stepNamed('retrieve', outputs.retrieve),
  stepNamed('decide', outputs.decide),
  stepNamed('execute', outputs.execute),
  stepNamed('generate', outputs.generate),
  stepNamed('verify', outputs.verify),
  stepNamed('review', outputs.review),
])
export type TraceStep = z.infer<typeof TraceStep>

/** A step as it was recorded; an output of another shape, as other versions of this program wrote, is told as it is. */
export function readStep(recorded: { name: StepName; output: unknown; [field: string]: unknown }): TraceStep {
  const { output } = recorded
  const isOfToday = outputs[recorded.name].nullable().safeParse(output).success
  return TraceStep.parse({ ...recorded, output: isOfToday ? output : null, otherOutput: isOfToday ? null : output })
}
