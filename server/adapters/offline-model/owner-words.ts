import { fold, hasPhrase, phrases } from '../../mail/phrases.ts'
import type { ContextFacts } from '../../model-question.ts'

/** What the owner has answered to open questions of an earlier draft, word for word. */
export interface OwnerAnswers {
  get(question: string): { readonly sourceId: string; readonly text: string } | undefined
}

export function answersIn(context: readonly ContextFacts[]): OwnerAnswers {
  const answers = context.filter(({ kind }) => kind === 'answer')
  const byQuestion = new Map(answers.map(({ id, label, text }) => [matterOf(label), { sourceId: id, text }]))
  return { get: (question) => byQuestion.get(matterOf(question)) }
}

/** Without the owner's earlier words that are put before a question: another time others may be found. */
function matterOf(question: string): string {
  return question.replace(/^You wrote(?: on \S{10})?: “[^”]*” /, '')
}

const shorter = phrases(
  'shorter, short, brief, kurzer, kurz, knapper, knapp, plus court, court, bref, mas corto, corto, breve',
)
const formal = phrases('formal, more formal, polite, formell, formeller, formlich, hoflich, formel, poli, educado')
const friendly = phrases(
  'friendly, friendlier, warm, warmer, casual, informal, freundlich, freundlicher, locker, herzlich, amical, chaleureux, amable, cercano',
)

/** What of an instruction can be followed here: three wishes, told by their words; `isUnderstood` where it is one of them. */
export function wishesIn(instruction: string | undefined): {
  isShorter: boolean
  tone: 'formal' | 'friendly' | undefined
  isUnderstood: boolean
} {
  const folded = fold(instruction ?? '')
  const isShorter = hasPhrase(folded, shorter)
  const tone = hasPhrase(folded, friendly) ? 'friendly' : hasPhrase(folded, formal) ? 'formal' : undefined
  return { isShorter, tone, isUnderstood: instruction === undefined || isShorter || tone !== undefined }
}
