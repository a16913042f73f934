import { dictionary } from '@zxcvbn-ts/language-common'

const common = new Set(dictionary['passwords-common'].filter(({ length }) => length >= 8))

/** Whether it is among what is tried first: common passwords, one character again and again, the address itself. */
export function isGuessedFirst(password: string, email: string): boolean {
  const plain = password.toLowerCase()
  if (common.has(plain) || new Set(plain).size === 1) return true
  const address = email.toLowerCase()
  const rest = plain.replaceAll(address, '').replaceAll(address.slice(0, address.indexOf('@')), '')
  return rest.length < Math.min(plain.length, 4)
}
