import { isUpstream } from '../../errors.ts'

/** Null where Gmail says that it is not there, or not any more. */
export async function orGone<T>(call: Promise<T>): Promise<T | null> {
  return call.catch((error: unknown) => {
    if (isUpstream(error, 'not_found')) return null
    throw error
  })
}
