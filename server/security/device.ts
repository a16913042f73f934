import { deriveKey, deriveSecret, isSameSecret, newSecret } from './secret.ts'

/** What a device keeps that has signed in to this account: it opens nothing, its guesses are only counted apart. */
export function newDeviceToken(jwtSecret: string, userId: string): string {
  const device = newSecret()
  return `${device}.${sign(jwtSecret, device, userId)}`
}

/** The device, when the token was given for this account. */
export function deviceOf(jwtSecret: string, token: string, userId: string): string | undefined {
  const [device = '', signature = ''] = token.slice(0, 200).split('.')
  return isSameSecret(signature, sign(jwtSecret, device, userId)) ? device : undefined
}

function sign(jwtSecret: string, device: string, userId: string): string {
  return deriveSecret(deriveKey(jwtSecret, 'known device'), device, userId)
}
