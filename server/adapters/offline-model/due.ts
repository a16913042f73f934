import { fold, hasPhrase, phrases } from '../../mail/phrases.ts'

/** A word by which something is due, and at most five after it, none beyond a mark. */
const byThen =
  /(?<!\p{L})(?:by|until|before|not? later than|bis(?: zum)?|spätestens(?: am| bis)?|vor|avant|d[’']ici|jusqu[’']au|au plus tard|antes del?|hasta|a más tardar|para)(?!\p{L})(?: +[^\s,;:!?()]+){1,5}/giu

const days = phrases(`
  monday, tuesday, wednesday, thursday, friday, saturday, sunday, today, tonight, tomorrow,
  montag, dienstag, mittwoch, donnerstag, freitag, samstag, sonntag, heute, morgen, übermorgen,
  lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche, aujourd’hui, demain,
  lunes, martes, miércoles, jueves, viernes, sábado, domingo, hoy, mañana
`)

/** The words of a sentence that say until when; null where none of them is a day. */
export function dueIn(sentence: string): string | null {
  for (const [words] of sentence.slice(0, 1_000).matchAll(byThen))
    if (/\d/.test(words) || hasPhrase(fold(words), days)) return words.replace(/\.$/, '')
  return null
}
