import { findPhrases, fold, hasPhrase, phrases } from '../../mail/phrases.ts'
import type { MailFacts } from '../../model-question.ts'
import type { LanguageCues } from './cues/cues.ts'
import { readsLikeOrders } from '../../mail/program-orders.ts'

export interface SpamSigns {
  readonly score: number
  readonly evidence: readonly string[]
}

/** How much a mail resembles spam or phishing: what it says, and how loudly. */
export function spamSigns(
  { subject, text, authentication }: Pick<MailFacts, 'subject' | 'text' | 'authentication'>,
  lists: readonly LanguageCues[],
): SpamSigns {
  const folded = fold(`${subject} ${text}`)
  const strong = new Set(lists.flatMap(({ spam }) => findPhrases(folded, spam.strong)))
  const weak = new Set(lists.flatMap(({ spam }) => findPhrases(folded, spam.weak)))
  const links = text.match(/\bh(?:tt|xx)ps?\s?:\s?\//gi)?.length ?? 0
  const signs = [
    { isPresent: count(`${subject} ${text}`, '!') >= 4, score: 1, name: 'many exclamation marks' },
    { isPresent: isShouting(`${subject} ${text}`), score: 1.5, name: 'capital letters' },
    { isPresent: links > 0 && strong.size + weak.size > 0, score: 1, name: 'a link' },
    { isPresent: hasDisguisedWords(text), score: 3, name: 'disguised words' },
    { isPresent: /[$€£] ?\d[\d.,]*|\d{2,3} ?%/.test(`${subject} ${text}`), score: 0.5, name: 'sums of money' },
    { isPresent: readsLikeOrders(`${subject} ${text}`), score: 3, name: 'orders to a program' },
    {
      // Forwarding breaks honest mail too, which then asks for nothing that a thief wants.
      isPresent: authentication?.dmarc === 'fail' && (links > 0 || hasPhrase(folded, bait)),
      score: 3,
      name: 'a sender who is not who they say',
    },
  ].filter(({ isPresent }) => isPresent)
  return {
    // Weak words alone never make spam: any long mail has some.
    score: strong.size * 3 + Math.min(weak.size, 3) + signs.reduce((sum, { score }) => sum + score, 0),
    evidence: [...strong, ...signs.map(({ name }) => name), ...weak],
  }
}

/** What a thief asks for: money, credentials, a click. */
const bait = phrases(`
  password*, passcode*, verification code*, login*, log in, sign in, credentials, click*, attached link, bank account*,
  bank details, iban, wire transfer*, transfer the, payment*, pay the, gift card*, bitcoin,
  passwort*, kennwort*, zugangsdaten, anmeldedaten, klick*, bankverbindung, kontonummer, überweis*, zahlung*, gutscheinkarte*,
  mot de passe, mots de passe, identifiants, cliqu*, virement*, paiement*, coordonnées bancaires, carte cadeau,
  contraseña*, credenciales, clic, pulse aquí, transferencia*, pago, pagos, cuenta bancaria, tarjeta regalo
`)

function count(text: string, mark: string): number {
  return text.split(mark).length - 1
}

function isShouting(text: string): boolean {
  const words = text.match(/\p{L}{4,}/gu) ?? []
  const loud = words.filter((word) => word === word.toUpperCase() && word !== word.toLowerCase())
  return loud.length >= 4 && loud.length > words.length * 0.08
}

/** Words that have to hide: digits and look-alikes for letters (`v1aagra`), or marks between them (`o . r * d e r`). */
function hasDisguisedWords(text: string): boolean {
  const plain = new Set(text.toLowerCase().match(/[a-z0-9]{5,20}/g))
  const hidden = [...plain].filter((word) => unmask(word) !== word && wares.has(unmask(word)) && !honest.has(word))
  const digits = text.match(/\b[a-z]{2,}[0134][a-z]{2,}\b/g)?.length ?? 0
  const marks = text.match(/\b[a-z][.*,_'] ?[a-z][.*,_'] ?[a-z][.*,_']/gi)?.length ?? 0
  return hidden.length > 0 || digits + marks >= 3
}

const honest = new Set(['viagra', 'cialis', 'xanax', 'pharmacy', 'casino', 'replica', 'rolex'])
const wares = new Set([...honest].map((ware) => unmask(ware)))

/** The word without its mask: l and 1 are read as i, and a letter twice as once. */
function unmask(word: string): string {
  return word
    .replaceAll(/[l1]/g, 'i')
    .replaceAll('0', 'o')
    .replaceAll('3', 'e')
    .replaceAll(/[4@]/g, 'a')
    .replaceAll(/(.)\1+/g, '$1')
}
