import { foldSubject } from './fold.ts'

/** Whole subjects, or beginnings with the mark that programs put behind them. */
const bounces = [
  // A bounce, also one that somebody forwards as it is.
  /^(?:fwd?:\s?)?returned mail: see transcript for details$/,
  /^(?:fwd?:\s?)?undelivered mail returned to sender$/,
  /^(?:fwd?:\s?)?mail delivery failed: returning message to sender$/,
  /^(?:fwd?:\s?)?delivery status notification \((?:failure|delay)\)$/,
  /^failure notice$/,
  /^(?:undeliverable|unzustellbar|onbestelbaar|non recapitabile|niedostarczalne|no se puede entregar)\s?: /,
  /^(?:remise impossible|nao e possivel entregar|не удается доставить|det gar inte att leverera)\s?: /,
  // A complaint in the old form of Hotmail.
  /^complaint about message from \d{1,3}(?:\.\d{1,3}){3}$/,
]

/** How languages begin their word for "automatic", without accents and vowel signs; their word for an answer stands beside it. */
const automatic =
  /auto(?=[- ]?re|svar|$)|automat|automaa|automaci|autom[aá]t|otomati|avtomat|автомат|аутомат|αυτοματ|אוטומט|تلقا|خودکار|自動|自动|자동|อตโนมต/
const answer =
  /repl|respon|antwo|svar|vasta|odpov|odgov|odpow|raspun|respost|respuest|rispost|reponse|yanit|cevap|valasz|atbild|atsak|vastus|tra loi|jawab|balas|отговор|ответ|відпов|одговор|απαντ|תשובה|מענה|رد|پاسخ|返信|応答|回复|回覆|回應|答复|答覆|회신|응답|답장|ตอบ/
/** Words for "away" that programs alone put before a colon, or leave alone. */
const away =
  /^(?:out of (?:the )?office(?: auto-?reply)?|ooo|tra loi tu đong|tra loi tu dong|abwesenheitsnotiz|abwesenheit|afwezig|afwezigheidsbericht|absence du bureau|fuera de (?:la )?oficina|fuori sede|fora do escritorio|poza biurem|nieobecnosc|autoreply|autoresponder|franvaro|fravaer|poissaolo)$/
const longestMark = 40
/** `The automatic reply: does it work?` has more. */
const mostWords = 2

/**
 * Whether a subject is one that programs write: a short mark before a colon, in brackets or alone, that names an answer
 * and calls it automatic, or an absence. A question about automatic replies has no such form.
 */
export function isMachineSubject(subject: string): boolean {
  const folded = foldSubject(subject.slice(0, 300)).trim()
  if (bounces.some((pattern) => pattern.test(folded))) return true
  const mark = markOf(folded)
  if (mark === null) return false
  const isShort = mark.split(/\s/).length <= mostWords
  return away.test(mark) || (isShort && automatic.test(mark) && answer.test(mark))
}

function markOf(folded: string): string | null {
  const [, bracketed] = /^\[([^\]]{1,40})\]/.exec(folded) ?? []
  const colon = folded.search(/[:：]/)
  const mark = bracketed ?? (colon < 0 ? folded : folded.slice(0, colon))
  const trimmed = mark.trim()
  return trimmed.length <= longestMark && trimmed !== '' ? trimmed : null
}
