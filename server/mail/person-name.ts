import { troubleOf } from './display-name.ts'
import { readsLikeOrders } from './program-orders.ts'

const titles =
  /^(?:dr|prof|professor|ing|dipl|mag|mr|mrs|ms|miss|mx|herr|frau|m|mme|mlle|monsieur|madame|sr|sra|srta|don|doña)\.?$/i

const notPeople =
  /\b(?:team|support|service|services|info|accounts?|office|desk|sales|billing|admin|security|news|newsletter|customer|kundenservice|hausverwaltung|buchhaltung|verwaltung|praxis|equipo|équipe|soporte|gmbh|ltd|inc|llc|ag|sarl)\b/i

export interface PersonName {
  readonly first: string
  readonly full: string
}

/** Whom to greet, or undefined where the display name is an address, a company, or anything but a name. */
export function personName(displayName: string): PersonName | undefined {
  const plain = displayName
    .slice(0, 200)
    .replaceAll(/\([^)]{0,100}\)|["“”«»]/g, ' ')
    .replace(/^([^,]{1,60}), ?([^,]{1,60})$/, '$2 $1')
    .trim()
  if (/[@/\\:<>\d_!?]|www\./.test(plain) || notPeople.test(plain) || readsLikeOrders(plain)) return undefined
  if (troubleOf({ name: displayName, address: '' }).size > 0) return undefined
  const words = plain.split(/\s+/).filter((word) => word !== '' && !titles.test(word))
  const areNames = words.every((word) => /^[\p{L}\p{M}][\p{L}\p{M}.'’-]{0,24}$/u.test(word))
  const [first] = words
  if (!first || !areNames || words.length > 4 || /^\p{L}\.?$/u.test(first)) return undefined
  return { first: inNameCase(first), full: words.map(inNameCase).join(' ') }
}

function inNameCase(word: string): string {
  const isShouted = word.length > 2 && word === word.toUpperCase()
  return isShouted ? word.replaceAll(/\p{L}+/gu, (part) => part.slice(0, 1) + part.slice(1).toLowerCase()) : word
}
