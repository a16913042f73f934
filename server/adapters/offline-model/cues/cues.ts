/** Words and phrases as a person writes them; a star at the end stands for any ending. */
export interface CueList {
  /** Worth three: says it nearly alone. */
  readonly strong: readonly string[]
  /** Worth one. */
  readonly weak: readonly string[]
}

export interface LanguageCues {
  readonly meeting_request: CueList
  readonly complaint: CueList
  readonly follow_up: CueList
  readonly inquiry: CueList
  readonly spam: CueList
  /** Makes a sentence a request although it has no question mark. */
  readonly requests: readonly string[]
  /** The sender expects an answer without saying to what. */
  readonly awaiting: readonly string[]
  /** The sender thanks, accepts or says goodbye. */
  readonly thanks: readonly string[]
  /** The sender says that nothing is expected. */
  readonly nothingExpected: readonly string[]
  /** Circulars, automatic answers and other mail nobody waits beside. */
  readonly machine: readonly string[]
  readonly weekdays: readonly string[]
  /** The sender is on familiar terms (du, tu, tú); empty where a language has no such form. */
  readonly familiar: readonly string[]
}
