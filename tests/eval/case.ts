import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Intent, Note, Settings } from '../../shared-types/index.ts'

/** `dev` may be looked at while the product is made; `held-out` only ever measures it. */
export const splits = ['dev', 'held-out'] as const
export type Split = (typeof splits)[number]

/** Whoever wrote a message: the sender of the mail that is evaluated, the owner, or `other:<name> <address>`. */
const Writer = z.string().regex(/^(?:them|owner|other:.+ [^\s@]+@[^\s@]+\.example)$/)

const Message = z.strictObject({
  from: Writer,
  /** Of mail by the owner or somebody else: to whom, if not to the other of the two. */
  to: Writer.optional(),
  daysAgo: z.number().min(0),
  text: z.string().min(1),
})

const Ask = z.strictObject({ quote: z.string().min(1), deadline: z.iso.date().nullable() })

/** A mail with what stands around it, and what a careful person would make of it. */
const EvalCase = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  split: z.enum(splits),
  owner: z.string(),
  /** Other conversations, by a key of this case. */
  past: z.array(z.strictObject({ thread: z.string(), subject: z.string(), messages: z.array(Message).min(1) })),
  /** Earlier messages of the same conversation, oldest first. */
  thread: z.array(Message),
  mail: z.strictObject({
    name: z.string(),
    address: z.string().regex(/^[^\s@]+@[^\s@]+\.example$/),
    subject: z.string(),
    text: z.string(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  expected: z.strictObject({
    intent: Intent,
    language: z.string().length(2),
    needsReply: z.boolean(),
    asks: z.array(Ask),
    /** A good draft holds one of each group: facts that stand in the conversation, in past ones or in notes. */
    required: z.array(z.array(z.string().min(1)).min(1)),
    forbidden: z.array(z.string().min(1)),
    /** The owner alone knows the answer: the draft asks them. */
    openQuestion: z.boolean(),
    mayBeSentAutomatically: z.boolean(),
    /** The past conversation that holds the answer. */
    foundThread: z.string().nullable(),
  }),
  why: z.string().min(1),
})
type StoredCase = z.infer<typeof EvalCase>

const Persona = z.strictObject({
  name: z.string(),
  address: z.string(),
  timeZone: Settings.shape.timeZone,
  languages: Settings.shape.languages,
  tone: Settings.shape.tone,
  notes: z.array(Note).min(1),
  signature: z.string(),
})
type Persona = z.infer<typeof Persona>

/** `theme`: the file it stands in. */
export type EvalCase = StoredCase & { readonly theme: string; readonly persona: Persona }

const folder = join(import.meta.dirname, 'cases')

export function readCases(): EvalCase[] {
  const personas = z.record(z.string(), Persona).parse(read(join(import.meta.dirname, 'personas.json')))
  return readdirSync(folder)
    .toSorted()
    .flatMap((file) => {
      const theme = file.replace(/\.json$/, '')
      return z
        .array(EvalCase)
        .parse(read(join(folder, file)))
        .map((one) => {
          const persona = personas[one.owner]
          if (!persona) throw new Error(`${one.id}: there is no persona ${one.owner}`)
          return { ...one, theme, persona }
        })
    })
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
