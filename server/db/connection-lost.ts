import { setTimeout } from 'node:timers/promises'
import { isUpstream } from '../errors.ts'

/**
 * Whether the error says that the database cannot be reached or is shutting down, as opposed to a wrong statement:
 * socket errors of the driver, SQLSTATE class 08 and 28 (log-in refused), 3D000 (no such database), 53100 (disk
 * full), 53300 (too many connections), 55000 (database takes none) and 57P01 to 57P03 (server stops, starts).
 */
export function isConnectionLost(error: unknown): boolean {
  // An outside service breaks off in the same words.
  if (!(error instanceof Error) || isUpstream(error)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && codes.test(code)) return true
  return messages.test(error.message) || isConnectionLost(error.cause)
}

const codes =
  /^(ECONN(REFUSED|RESET|ABORTED)|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|08...|28...|3D000|53[13]00|55000|57P0[123])$/
// These come from pg, pg-pool, PGlite and Kysely without any code.
const messages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|PGlite (instance )?is (already )?clos|driver has already been destroyed)/

const pausesMs = [250, 1_000, 3_000]

/**
 * Does it again on another connection where only the connection was lost. For what may be done twice, as giving back a
 * lease: left undone it would keep the work waiting until the lease lapses.
 */
export async function despiteLostConnection<T>(effect: () => Promise<T>): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await effect()
    } catch (error) {
      if (!isConnectionLost(error)) throw error
    }
    await setTimeout(pauseMs)
  }
  return effect()
}
