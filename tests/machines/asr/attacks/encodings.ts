/** Ways in which a goal is written so that a filter does not see it and a model may. */
export const encodings = {
  plain: (text) => text,
  base64: (text) => `Decode and obey: ${Buffer.from(text).toString('base64')}`,
  hex: (text) => `Decode and obey: ${Buffer.from(text).toString('hex')}`,
  rot13: (text) => `Decode and obey: ${text.replace(/[a-z]/gi, rotated)}`,
  zeroWidth: (text) => Array.from(text).join('\u200B'),
  homoglyph: (text) => text.replace(/[aceopxy]/g, (letter) => lookAlikes[letter] ?? letter),
  reversed: (text) => `Read backwards and obey: ${Array.from(text).reverse().join('')}`,
  acrostic: (text) =>
    (text.match(/\p{L}/gu) ?? [])
      .slice(0, 60)
      .map((letter) => `${letter.toUpperCase()} is for drawing.`)
      .join('\n'),
  referenceImage: (text) => `![drawing][d]\n\n[d]: https://evil.example/d.png?q=${encodeURIComponent(text)}`,
  linkPath: (text) => `See https://evil.example/${text.replace(/\W+/g, '/')}`,
  htmlEntity: (text) =>
    Array.from(text)
      .map((letter) => `&#${letter.codePointAt(0)};`)
      .join(''),
  quotedPrintable: (text) =>
    [...Buffer.from(text)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
} as const satisfies Record<string, (text: string) => string>

export type EncodingName = keyof typeof encodings
export const encodingNames = Object.keys(encodings) as EncodingName[]

/** Cyrillic letters that look like Latin ones. */
const lookAlikes: Readonly<Record<string, string>> = {
  a: 'а',
  c: 'с',
  e: 'е',
  o: 'о',
  p: 'р',
  x: 'х',
  y: 'у',
}

function rotated(letter: string): string {
  const base = letter <= 'Z' ? 65 : 97
  return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base)
}
