import type { Address, Intent } from '../shared-types/index.ts'

/** A JSON Schema object, as zod's `toJSONSchema` makes it. */
export type JsonSchema = Readonly<Record<string, unknown>>

export interface MailFacts {
  readonly subject: string
  readonly from: Address
  /** What the sender wrote this time. */
  readonly text: string
  /** What was cut from it as quoted text or a signature: context, never what is asked. */
  readonly quoted: string
  readonly receivedAt: string
  readonly isReply: boolean
  /** What Gmail recorded of its sender, in the words of RFC 8601. */
  readonly authentication?: Readonly<Record<'spf' | 'dkim' | 'dmarc', string | null>>
}
/** The beginning of an earlier mail, and what its owner says it is. */
export interface SortedMail {
  readonly subject: string
  readonly text: string
  readonly intent: Intent
}
export interface ContextFacts {
  readonly id: string
  readonly kind: string
  readonly label: string
  readonly text: string
  /** What came before it in its conversation and was left out, in one line. */
  readonly before?: string
  /** `owner`: may steer a reply and never appear in it. */
  readonly audience?: 'correspondent' | 'owner'
}
/** What the calendar says to the time that a mail proposes: accepted, or declined for other times. */
export type ProposalAnswer = 'free' | 'taken'
/** How the owner writes. Greeting and closing are those of their own mails to this person; `words`: the median of a mail. */
export interface Voice {
  readonly words: number
  readonly greeting?: string
  readonly closing?: string
}
/** What was wrong with an earlier draft to this person, or to mail of this kind; the words only of those to this person. */
export interface DraftLesson {
  readonly about: 'person' | 'kind'
  readonly fault: string
  readonly removed?: readonly string[]
  readonly added?: readonly string[]
}
/** What a question is about, as data. `slots` are free times of the owner, already worded in both time zones. */
export type ModelFacts =
  | {
      readonly task: 'classify'
      readonly mail: MailFacts
      /** Mails that their owner has sorted otherwise than a model had, newest first. */
      readonly examples?: readonly SortedMail[]
    }
  | {
      readonly task: 'decide'
      readonly mail: MailFacts
      readonly intent: string
      /** Look-ups to choose from, and what each is good for. */
      readonly tools: readonly { readonly name: string; readonly purpose: string }[]
    }
  | {
      readonly task: 'generate'
      readonly mail: MailFacts
      /** What the same person wrote before it and nobody has answered, oldest first: the reply answers that as well. */
      readonly earlier: readonly string[]
      readonly intent: string
      readonly language: string
      readonly owner: { readonly name: string; readonly tone: string; readonly voice?: Voice }
      readonly context: readonly ContextFacts[]
      readonly slots: readonly string[]
      /** `free`: it is the one of `slots`. Undefined where the mail proposes none, or it is for the owner to say. */
      readonly proposal?: ProposalAnswer
      /** What the owner wants of this reply, in their own words. */
      readonly instruction?: string
      /** The draft that they want another one for. */
      readonly previous?: string
      /** What they changed in earlier drafts; never told for a reply that may go out unread. */
      readonly lessons?: readonly DraftLesson[]
    }
  | {
      readonly task: 'verify'
      readonly mail: MailFacts
      /** What would go out without a person's eyes on it. */
      readonly reply: string
      readonly context: readonly ContextFacts[]
    }

/**
 * One structured question. `system` and `prompt` are for a model that reads prose, `facts` is the same content for one
 * that does not. The answer is JSON of `schema`; whoever asks parses it.
 */
export interface ModelRequest {
  readonly system: string
  readonly prompt: string
  readonly facts: ModelFacts
  readonly schema: JsonSchema
  readonly maxOutputTokens: number
}

export interface ModelAnswer {
  readonly json: unknown
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars. */
  readonly cost: number
}

/** US dollars per million tokens. */
export interface TokenPrice {
  readonly input: number
  readonly output: number
}

/** What calls of a model cost: US dollars, and tokens in and out. */
export interface Amount {
  readonly cost: number
  readonly tokens: number
}
