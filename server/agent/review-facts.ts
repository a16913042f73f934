import type { Intent, MailFlag, Reason, Settings } from '../../shared-types/index.ts'
import type { Dmarc } from '../mail/authentication.ts'
import type { Topic } from './topics.ts'

/** `isApproved`: the template is still the version that the owner has approved. */
export type ReplyKind = { readonly kind: 'template'; readonly isApproved: boolean } | { readonly kind: 'free_text' }

/** What may have changed by the time an automatic reply goes out, and is read again then. */
export interface ChangingFacts {
  readonly settings: Settings
  readonly operatorAllows: boolean
  readonly correspondent: string
  readonly intent: Intent
  readonly confidence: number
  /** What the reply is, or will be: an approved template if there is one for this kind of mail, else free text. */
  readonly reply: ReplyKind
  /** How many mails the owner wrote to this person before. */
  readonly earlierMessages: number
  /** Drafts for mail of this intent, and for mail of this person, that the owner approved unchanged and that count. */
  readonly approvals: { readonly ofIntent: number; readonly ofCorrespondent: number }
  /** Automatic replies begun in the last 24 hours and in the last hour, and in the last 24 hours to this person. */
  readonly sent: { readonly lastDay: number; readonly lastHour: number; readonly toCorrespondent: number }
  /** Another automatic reply went into the conversation since the mail came that this one answers. */
  readonly isAnswered: boolean
  /** The same person has written into the conversation again since. */
  readonly isOvertaken: boolean
}

/** What stands of one mail. */
export interface MailStanding {
  readonly dmarc: Dmarc
  readonly replyToDiffers: boolean
  readonly ownerIsNamed: boolean
  readonly machineReason: Reason | null
  readonly attachmentCount: number
  readonly textLength: number
  /** It holds no text that a person would see: nothing, or a picture alone. */
  readonly isEmpty: boolean
  readonly flags: readonly MailFlag[]
  /** What its sender wrote this time is about. */
  readonly topics: ReadonlySet<Topic>
  /** It gives orders to a program that reads it. */
  readonly givesOrders: boolean
  /** Its question stands in a part that was taken for quoted text. */
  readonly asksInQuote: boolean
  /** The owner has muted the conversation, and asks for a reply all the same. */
  readonly isMuted: boolean
  /** Gmail could not tell whether they have. */
  readonly mutingUnknown: boolean
  readonly problem: string | null
  /** The display name holds an address other than the sender's, a domain, a telephone number. */
  readonly nameShowsAddress: boolean
  readonly nameShowsDomain: boolean
  readonly nameShowsPhone: boolean
}

/** What stands before anything is looked up. */
export interface StoredFacts extends MailStanding {
  /** Earlier mails of this person in the conversation that nobody has answered, also those taken to need no reply. */
  readonly before: readonly MailStanding[]
}

/** What shows once the reply is written. */
export interface DraftFacts {
  readonly openQuestionCount: number
  /** Earlier mails of this person wait for the same reply. */
  readonly answersSeveral: boolean
  readonly draftTopics: ReadonlySet<Topic>
  /** What of a stranger's mail was taken out of the draft. */
  readonly leftOutLink: boolean
  readonly leftOutPhone: boolean
  readonly leftOutIban: boolean
  /** The draft says that somebody will do something, or has done it. */
  readonly promisesWork: boolean
  readonly draftLength: number
  /** It names a link, an address, a number or a day that nothing the owner shares does. */
  readonly hasUnsupportedDetail: boolean
}

/** Everything the gate looks at: stored facts and settings, no model's say but its doubts. */
export type ReviewFacts = ChangingFacts & StoredFacts & DraftFacts
