import type { UnsupportedClaim } from '../../shared-types/index.ts'
import { contactDetailsIn, isDomain } from '../mail/contact-details.ts'
import { fold } from '../mail/phrases.ts'

const addresses = /[^\s<>()[\]{}"'“”„«»|,;:]{1,64}@[^\s<>()[\]{}"'“”„«»|,;:]{1,255}/g
const days =
  /(?<= )(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miercoles|jueves|viernes|sabado|domingo|(?:to|over)?morrow|today|tonight|heute|morgen|ubermorgen|demain|aujourd|hoy|manana)(?= )/g
const months =
  /(?<= )(?:january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|marz|mai|juni|juli|oktober|dezember|janvier|fevrier|mars|avril|juin|juillet|aout|septembre|octobre|novembre|decembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)(?= )/g

/** Something a text names that can be looked for in what it was written from. */
export interface Detail {
  readonly kind: UnsupportedClaim['kind']
  readonly text: string
}

/**
 * What a text names that none of the sources does: links, domains, mail addresses, telephone numbers, IBANs, numbers (so
 * amounts and dates too), days and months. Whoever wrote it made it up, or took it from a stranger.
 */
export function unsupportedDetails(text: string, sources: readonly string[]): Detail[] {
  const known = new Set(sources.flatMap(detailsOf).map(keyOf))
  const found = new Map(detailsOf(text).map((detail) => [keyOf(detail), detail]))
  return [...found].filter(([key]) => !known.has(key)).map(([, detail]) => detail)
}

function keyOf({ kind, text }: Detail): string {
  return `${kind} ${text}`
}

function detailsOf(text: string): Detail[] {
  const plain = text.normalize('NFKC')
  const folded = fold(plain)
  const words = plain.split(/[\s<>()[\]{}"'“”„«»|,;!?]+/).map((word) => word.replace(/[.:]{1,9}$/, ''))
  return [
    ...contactDetailsIn(plain).map(({ kind, key }): Detail => ({ kind, text: key })),
    ...of(
      'address',
      (plain.match(addresses) ?? []).map((address) => address.replace(/\.{1,9}$/, '')),
    ),
    ...of(
      'domain',
      words.filter((word) => word.length <= 255 && isDomain(word)),
    ),
    ...of('number', plain.match(/\d+/g)),
    ...of('day', folded.match(days)),
    ...of('month', folded.match(months)),
  ]
}

function of(kind: Detail['kind'], found: readonly string[] | null): Detail[] {
  return (found ?? []).map((text) => ({ kind, text: text.toLowerCase() }))
}
