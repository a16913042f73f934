import { z } from 'zod'

/** Half a character is replaced before it is hashed, so that passwords that differ would open the same account. */
export const Password = z.string().max(128).refine(isWhole, 'holds half a character: type it anew')

/** 8 to 128 characters; nothing is cut off, spaces count. Those that are guessed first are refused by the server. */
export const NewPassword = Password.min(8)

function isWhole(text: string): boolean {
  return text.isWellFormed()
}
