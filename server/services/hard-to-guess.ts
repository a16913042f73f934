import { ZodError } from 'zod'
import { AppError } from '../errors.ts'
import { isGuessedFirst } from '../security/password.ts'

/** VALIDATION_FAILED for a password that is among the first that are tried. */
export function assertHardToGuess(password: string, email: string, field = 'password'): void {
  if (!isGuessedFirst(password, email)) return
  const message = 'This password is among the first that are tried: choose several words that do not belong together.'
  const cause = new ZodError([{ code: 'custom', path: [field], message, input: undefined }])
  throw new AppError('VALIDATION_FAILED', message, { cause })
}
