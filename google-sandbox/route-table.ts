import { calendarRoutes } from './calendar/calendars.ts'
import { eventRoutes } from './calendar/event-routes.ts'
import { freeBusyRoute } from './calendar/free-busy.ts'
import { draftRoutes } from './gmail/drafts.ts'
import { historyRoute } from './gmail/history.ts'
import { labelRoutes } from './gmail/labels.ts'
import { messageRoutes } from './gmail/messages.ts'
import { modifyRoutes } from './gmail/modify.ts'
import { profileRoute } from './gmail/profile.ts'
import { threadRoutes } from './gmail/threads.ts'
import { watchRoutes } from './gmail/watch.ts'
import type { Call } from './http.ts'
import type { ApiRoute, OpenRoute } from './route.ts'
import { authorizeRoutes } from './oauth/authorize.ts'
import { identityRoutes } from './oauth/identity.ts'
import { certificateRoute } from './oauth/signing.ts'
import { tokenRoutes } from './oauth/token.ts'

const openRoutes: OpenRoute[] = [...authorizeRoutes, ...tokenRoutes, ...identityRoutes, certificateRoute]

const apiRoutes = [
  profileRoute,
  ...messageRoutes,
  ...modifyRoutes,
  ...threadRoutes,
  ...draftRoutes,
  historyRoute,
  ...watchRoutes,
  ...labelRoutes,
  ...calendarRoutes,
  ...eventRoutes,
  freeBusyRoute,
].map((route) => ({ route, pattern: patternOf(route.path) }))

export function findOpenRoute({ method, path }: Call): OpenRoute | undefined {
  return openRoutes.find((route) => route.method === method && route.paths.includes(path))
}

/** The API route of a call, with the named parts of its path. */
export function findApiRoute({ method, path }: Call): { route: ApiRoute; params: Record<string, string> } | undefined {
  for (const { route, pattern } of apiRoutes) {
    const groups = route.method === method ? pattern.exec(path) : null
    if (!groups) continue
    const params = Object.entries(groups.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)])
    return { route, params: Object.fromEntries(params) as Record<string, string> }
  }
  return undefined
}

/** /users/:userId/messages -> an expression with a group per named part. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`)
}
