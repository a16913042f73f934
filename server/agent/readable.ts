import { stripInvisible } from '../mail/invisible-characters.ts'

/** What a person sees is what is kept and sent: nothing invisible, nothing that no font draws, no half of a character. */
export function readable(text: string): string {
  return stripInvisible(text.replaceAll(/[\p{Cs}\p{Co}\p{Cn}]/gu, '')).text
}
