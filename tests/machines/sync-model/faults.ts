import { faultMatrix } from '../../../google-sandbox/sandbox.ts'
import type { Random } from '../../support/seeded-random.ts'
import type { World } from './world.ts'

/** Two kinds are left out: the client waits their two seconds in true time. */
const { retryAfterSeconds: _seconds, retryAfterDate: _date, ...kinds } = faultMatrix

const sites = {
  profile: { method: 'GET', path: /\/profile$/ },
  list: { method: 'GET', path: /\/messages$/ },
  get: { method: 'GET', path: /\/messages\/\w+$/ },
  history: { method: 'GET', path: /\/history$/ },
  token: { method: 'POST', path: /\/token$/ },
  createDraft: { method: 'POST', path: /\/drafts$/ },
  sendDraft: { method: 'POST', path: /\/drafts\/send$/ },
  thread: { method: 'GET', path: /\/threads\/\w+$/ },
} as const

/** A message that Gmail says is not there is not there, for all anybody can know. */
const isGone = (kind: string, site: string) => kind === 'notFound' && site === 'get'

/** The next calls of one kind fail; now and then all that follow, until the world comes to rest. */
export function addFault(random: Random, world: World): string {
  const kindName = random.pick(Object.keys(kinds) as (keyof typeof kinds)[]) ?? 'reset'
  const siteName = random.pick(Object.keys(sites) as (keyof typeof sites)[]) ?? 'get'
  if (isGone(kindName, siteName)) return 'none'
  const kind = kinds[kindName]
  const times = kind === 'timeout' ? 1 : (random.pick([1, 1, 3, 4, 9]) ?? 1)
  const fault = world.stage.app.google.inject({ match: { ...sites[siteName], email: world.email }, kind, times })
  world.faults.push(fault)
  // A refresh is asked for only when the access token has ended.
  if (siteName === 'token') world.stage.app.google.expireAccessTokens(world.email)
  return `${kindName} at ${siteName} x ${times}`
}
