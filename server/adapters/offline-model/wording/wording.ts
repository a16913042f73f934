/** How formal, and whether the correspondent is on familiar terms (du, tu, tú). */
export interface Manner {
  readonly tone: string
  readonly isFamiliar: boolean
}

export interface Greeted {
  readonly first: string
  readonly full: string
}

/** The sentences of a reply in one language. `subject` is undefined where it cannot be repeated. */
export interface Wording {
  /** For dates; IETF language tag. */
  readonly locale: string
  greeting(person: Greeted | undefined, manner: Manner): string
  closing(manner: Manner): string
  quote(text: string): string
  thanks(subject: string | undefined, manner: Manner): string
  thanksForProposal(subject: string | undefined, manner: Manner): string
  thanksForReminder(subject: string | undefined, manner: Manner): string
  regret(subject: string | undefined, manner: Manner): string
  /** Before the owner's own words of that day. */
  asWritten(day: string): string
  /** That the owner wrote about the matter on that day. */
  earlier(day: string): string
  /** That an answer to the time that was proposed is still to come: neither accepted nor declined, and nobody bound to it. */
  proposalNoted(manner: Manner): string
  proposalAccepted(time: string): string
  /** Without a reason: that is nobody's business. */
  readonly proposalDeclined: string
  readonly timesOffered: string
  /** The same beside a proposal of the sender. */
  readonly otherTimesOffered: string
  whichTime(manner: Manner): string
  readonly timesFollow: string
  readonly detailsFollow: string
  readonly moreDetailsFollow: string
  readonly updateFollows: string
  readonly checkingFirst: string
  /** How a letter of this language begins and ends: a template that has either needs none of ours. */
  readonly beginnings: RegExp
  readonly endings: RegExp
}
