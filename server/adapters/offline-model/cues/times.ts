import { fold } from '../../../mail/phrases.ts'

const weekday =
  '(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day' +
  '|(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)(?:morgen|vormittag|mittag|nachmittag|abend)?' +
  '|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miercoles|jueves|viernes|sabado|domingo)'

const month =
  '(?:jan(?:uary|uar|ner|vier)?|enero|feb(?:ruary|ruar|rero)?|fevrier|mar(?:ch|s|z|zo)?|apr(?:il)?|avril|abril|may|mai|mayo' +
  '|june?|juni|juin|junio|july?|juli|juillet|julio|aug(?:ust)?|aout|agosto|sep(?:t|tember|tembre|tiembre)?' +
  '|o[ck]t(?:ober|obre|ubre)?|nov(?:ember|embre|iembre)?|de[cz](?:ember|embre)?|diciembre)'

const number = '(?:3[01]|[12]\\d|0?[1-9])(?:st|nd|rd|th|er)?'
const date = `(?:${number} (?:(?:of|de) )?${month}|${month} (?:the )?${number})`
const day = `(?:${weekday}|${date})`

// `By Friday 26 March` says when an answer is due, not when to meet.
const deadline = new RegExp(
  `\\b(?:by|before|until|since|bis|vor|seit|avant|d ici|depuis|antes del?|hasta|desde)` +
    `(?: (?:the|next|this|zum|dem|den|nachsten|kommenden|le|el|al|a))?(?: ${day})+\\b`,
  'g',
)
const fixedDay = new RegExp(`\\b${day}\\b`)
const dateInDigits =
  /(?<!\b(?:by|bis|zum|until|before|avant le|hasta el) )\b(?:\d{1,2}\. ?(?:1[0-2]|0?[1-9])\.|\d{1,2}\/\d{1,2}\/\d{2,4}\b|\d{4}-\d{2}-\d{2}\b)/i
const looseDay = new RegExp(
  `\\b(?:today|tomorrow|heute|(?<!guten |am |jeden )morgen|aujourd hui|demain|hoy|(?<!la )manana|(?:on the|the|am|den|le|el) ${number})\\b`,
)

const hour = '(?<![\\d.,:])(?:[01]?\\d|2[0-4])'
const timeOfDay = new RegExp(
  `${hour} ?[:h] ?[0-5]\\d\\b|${hour}(?:\\.[0-5]\\d)? ?(?:am|pm|a\\.m|p\\.m|uhr|h|heures?|horas|o['’]clock)(?![\\p{L}\\d])` +
    `|(?<!\\p{L})(?:at|um|gegen|à|vers|a las?) ${hour}(?![\\d%€$]|[.,]\\d)|(?<!\\p{L})(?:noon|midday|midi|mediodía)(?!\\p{L})`,
  'iu',
)

/** A weekday or a date, on which something is to happen rather than to be done by. */
export function namesDay(sentence: string): boolean {
  return fixedDay.test(fold(sentence).replaceAll(deadline, ' ')) || dateInDigits.test(sentence)
}

/** A day with a time of day; beside that, `tomorrow` and `the 26th` are days as well. */
export function namesTime(sentence: string): boolean {
  if (!timeOfDay.test(sentence.normalize('NFKC'))) return false
  return namesDay(sentence) || looseDay.test(fold(sentence).replaceAll(deadline, ' '))
}
