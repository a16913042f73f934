import type {
  Address,
  DraftSentence,
  Intent,
  OpenQuestion,
  Reason,
  RunMode,
  RunRequest,
  Settings,
  Source,
} from '../../shared-types/index.ts'
import type { LoadedEmail } from '../db/runs/run-input.ts'
import type { RunScope } from '../db/runs/runs.ts'
import type { ContactDetail } from '../mail/contact-details.ts'
import type { ContextFacts, ProposalAnswer, Voice } from '../model-question.ts'

/** What a run begins with: stored facts, read once. */
export interface RunInput {
  readonly userId: string
  readonly traceId: string
  readonly email: LoadedEmail
  readonly settings: Settings
  /** The owner asked for this run by hand. */
  readonly isRequested: boolean
  /** What they said to it. */
  readonly request: RunRequest | null
  /** It is looked at once more, and has no effect. */
  readonly isReplay?: boolean
}

/** A run that this worker holds: every write of it is fenced by the epoch. */
export interface Run {
  readonly input: RunInput
  readonly scope: RunScope
  readonly epoch: number
  /** From when on its waiting counts: what a budget kept from going on is not given up for that. */
  readonly waitsFrom: string
}

/** What each step adds. A later step reads what earlier ones added, and nothing is ever overwritten. */
export interface RunState {
  readonly classify?: Classification
  readonly gate?: Mode
  readonly retrieve?: Retrieved
  readonly decide?: Plan
  readonly execute?: Findings
  readonly generate?: ProposedReply
  readonly verify?: Verification
  readonly review?: Verdict
}

/** A question or a request of the mail. */
export interface Ask {
  readonly text: string
  /** Until when, as far as the mail says and it can be read: an instant, or a date. */
  readonly due: string | null
}

export interface Classification {
  readonly intent: Intent
  readonly confidence: number
  readonly reason: Reason
  readonly language: string
  readonly needsReply: boolean
  readonly asks: readonly Ask[]
  /** What it asks stands in a part that was taken for quoted text. */
  readonly asksInQuote?: boolean
  /** The owner has muted the conversation in Gmail, or nobody knows whether they have. */
  readonly muted?: 'yes' | 'unknown'
}

/** What the gate said before anything was looked up. */
export interface Mode {
  readonly mode: RunMode
  readonly reasons: readonly Reason[]
}

/** A piece of context, with where it came from and who may know it. */
export interface ContextItem extends ContextFacts {
  readonly source: Source
}

export interface Retrieved {
  readonly items: readonly ContextItem[]
  /** How the owner writes, where something of theirs was found. */
  readonly voice?: Voice
  /** Earlier mails of this person that nobody has answered, oldest first: the reply answers them too. */
  readonly unanswered: readonly { readonly id: string; readonly text: string }[]
}

/** Read-only look-ups; sending is not a tool. */
export type ToolName = 'contact' | 'hubspot' | 'availability' | 'templates'

export interface Plan {
  readonly tools: readonly ToolName[]
}

export interface Findings {
  readonly items: readonly ContextItem[]
  /** Free times, worded for a reply. */
  readonly slots: readonly string[]
  readonly proposal?: ProposalAnswer
}

/** A template, and which of its texts. */
export interface TemplateVersion {
  readonly id: string
  readonly version: number
}

export interface ProposedReply {
  readonly to: readonly Address[]
  readonly subject: string
  readonly body: string
  readonly confidence: number
  readonly openQuestions: readonly OpenQuestion[]
  readonly sources: readonly Source[]
  /** The body sentence by sentence, each with what it stands on. */
  readonly sentences?: readonly DraftSentence[]
  /** Who wrote it. */
  readonly agentVersion?: string
  /** The approved template it is, word for word, with its slots filled in by code. */
  readonly template?: TemplateVersion
  /** What of a stranger's mail was taken out of the body. */
  readonly leftOut?: readonly ContactDetail['kind'][]
}

/** The last word of a model before the policy: it can withhold a reply and nothing else. */
export type Verification =
  | { readonly kind: 'passed' }
  | { readonly kind: 'withheld'; readonly reasons: readonly Reason[]; readonly isAsked: boolean }

export type Verdict = { readonly kind: 'send' } | { readonly kind: 'ask'; readonly reasons: readonly Reason[] }
