import { parseConfig } from '../../../server/config.ts'
import { signAccessToken } from '../../../server/security/access-token.ts'
import { httpClient } from '../../support/http-client.ts'
import type { Commands } from './commands.ts'
import type { CrashProcess } from './processes.ts'
import type { World } from './stage.ts'
import type { Person } from './workflow.ts'

/** One life of the server, from its start to its stop or its death. */
export interface Life {
  readonly process: CrashProcess
  readonly commands: Commands
  /** The owner in front of it, just signed in. */
  meet(): Promise<Person>
}

export async function meetPerson(
  { environment, google, owner }: World,
  { url, aheadMs, minute }: { url: string; aheadMs: number; minute: () => Promise<unknown> },
): Promise<Person> {
  const accessToken = signAccessToken(parseConfig(environment).jwt, owner, new Date(Date.now() + aheadMs))
  return {
    email: owner.email,
    accessToken,
    url,
    google,
    api: await httpClient({ url: () => Promise.resolve(url) }, { accessToken }),
    async minute() {
      await minute()
    },
  }
}
