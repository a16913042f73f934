import { openDatabase } from '../../../server/db/connection.ts'
import { parseConfig } from '../../../server/config.ts'
import { signAccessToken } from '../../../server/security/access-token.ts'
import { httpClient } from '../../support/http-client.ts'
import type { Commands } from './commands.ts'
import type { Fault } from './points.ts'
import type { CrashProcess, ProcessPool } from './processes.ts'
import { superviseQueue } from './queue-time.ts'
import type { World } from './stage.ts'
import type { Person } from './workflow.ts'

/** One life of the server, from its start to its stop or its death, and the person in front of it. */
export interface Life {
  readonly process: CrashProcess
  readonly commands: Commands
  readonly person: Person
}

export async function beginLife(
  pool: ProcessPool,
  { environment, google, owner }: World,
  { fault, aheadMs, minute }: { fault: Fault | null; aheadMs: number; minute: () => Promise<unknown> },
): Promise<Life> {
  const process = await pool.take()
  const { commands } = process
  const { url } = await commands.start({ environment, fault, aheadMs })
  const accessToken = signAccessToken(parseConfig(environment).jwt, owner, new Date(Date.now() + aheadMs))
  const person: Person = {
    email: owner.email,
    accessToken,
    url,
    google,
    api: await httpClient({ url: () => Promise.resolve(url) }, { accessToken }),
    async minute() {
      await minute()
    },
  }
  return { process, commands, person }
}

/** What the living find of a dead process: its jobs lapse once it has been silent for so long. */
export async function bury({ database }: World, aheadMs: number): Promise<void> {
  await using opened = await openDatabase(database.config, () => undefined)
  await superviseQueue(opened, database.config, aheadMs)
}
