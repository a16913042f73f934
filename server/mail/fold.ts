/** Subjects are compared as this, whatever the keyboard: without accents and vowel signs, in small letters. */
export function foldSubject(subject: string): string {
  return subject.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase().replaceAll('ı', 'i')
}
