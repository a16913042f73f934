import { contactDetailsIn, isDomain } from '../mail/contact-details.ts'
import { fold } from '../mail/phrases.ts'

const addresses = /[^\s<>()[\]{}"'“”„«»|,;:]{1,64}@[^\s<>()[\]{}"'“”„«»|,;:]{1,255}/g
const days =
  /(?<= )(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miercoles|jueves|viernes|sabado|domingo|(?:to|over)?morrow|today|tonight|heute|morgen|ubermorgen|demain|aujourd|hoy|manana)(?= )/g
const months =
  /(?<= )(?:january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|marz|mai|juni|juli|oktober|dezember|janvier|fevrier|mars|avril|juin|juillet|aout|septembre|octobre|novembre|decembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)(?= )/g

/**
 * What a text names that none of the sources does: links, domains, mail addresses, telephone numbers, IBANs, numbers (so
 * amounts and dates too), days and months. Whoever wrote it made it up, or took it from a stranger.
 */
export function unsupportedDetails(text: string, sources: readonly string[]): string[] {
  const known = new Set(sources.flatMap(detailsOf))
  return [...new Set(detailsOf(text))].filter((detail) => !known.has(detail))
}

function detailsOf(text: string): string[] {
  const plain = text.normalize('NFKC')
  const folded = fold(plain)
  const words = plain.split(/[\s<>()[\]{}"'“”„«»|,;!?]+/).map((word) => word.replace(/[.:]{1,9}$/, ''))
  return [
    ...contactDetailsIn(plain).map(({ kind, key }) => `${kind} ${key}`),
    ...(plain.match(addresses) ?? []).map((address) => address.toLowerCase()),
    ...words.filter((word) => word.length <= 255 && isDomain(word)).map((word) => word.toLowerCase()),
    ...(plain.match(/\d+/g) ?? []),
    ...(folded.match(days) ?? []),
    ...(folded.match(months) ?? []),
  ]
}
