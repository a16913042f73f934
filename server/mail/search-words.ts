/** A word as it is looked for; `isRun` when it is a piece of a script without blanks, which holds words no one can tell. */
export interface SearchWord {
  readonly text: string
  readonly isRun: boolean
}

/** Letters of scripts that are written without blanks; Korean has some, but not before its particles. */
const dense = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Bopo}\p{sc=Hang}\p{sc=Yiii}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Lana}\p{sc=Talu}`
const pieces = new RegExp(`(?<run>[${dense}][${dense}\\p{M}]*)|[[\\p{L}\\p{M}\\p{N}]--[${dense}]]+`, 'gv')
const ascii = /^[\0-\x7f]*$/

/** Scripts whose signs above and below a letter are left out by many who write; elsewhere they are letters. */
const accents = /([\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Arab}\p{sc=Hebr}])\p{Mn}+/gu
/** Letters that Unicode does not take apart, as people write them who lack the key. */
const lookalikes: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  þ: 'th',
  ŧ: 't',
  ς: 'σ',
}

/**
 * The words of a text, spelled the one way in which mail and searches meet: whatever the case, the width, the accents
 * and the way they are encoded. Everything but letters and numbers is a blank.
 */
export function searchWords(text: string): SearchWord[] {
  return Array.from(folded(text).matchAll(pieces), ([piece, run]) => ({ text: piece, isRun: run !== undefined }))
}

function folded(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  return (
    text
      // Before signs such as ™ are taken for the letters they look like.
      .replace(/\p{DI}+/gu, '')
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
      .normalize('NFKD')
      // Letters become three at most; there are signs that become 18.
      .slice(0, 3 * text.length)
      .toLowerCase()
      .replace(accents, '$1')
      .replace(/[ßæœøđðħıłþŧς]/g, (letter) => lookalikes[letter] ?? letter)
      .normalize('NFC')
  )
}

/** Every `length` characters that stand together. */
export function gramsOf(run: string, length: number): string[] {
  const characters = Array.from(run)
  const count = Math.max(0, characters.length - length + 1)
  return Array.from({ length: count }, (_, start) => characters.slice(start, start + length).join(''))
}
