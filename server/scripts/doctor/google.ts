import { googleScopes } from '../../adapters/google/auth.ts'
import type { Config } from '../../config.ts'
import { type Finding, ok, problem, warning } from './findings.ts'

const callback = '/api/v1/auth/gmail/callback'

/** What Google must be told of this server, to be pasted at console.cloud.google.com. */
export function examineGoogle({ google, push, port }: Config): Finding[] {
  if (!google) {
    return [
      warning(
        'Gmail',
        'no client, so no mailbox can be connected',
        'set GMAIL_CLIENT_ID and GMAIL_CLIENT_SECRET: https://console.cloud.google.com/auth/clients, type "Web ' +
          `application", redirect URI http://localhost:${port}${callback}`,
      ),
    ]
  }
  const { redirectUri } = google
  return [
    new URL(redirectUri).pathname === callback
      ? ok('Gmail', `redirect URI to register, exactly so: ${redirectUri}`)
      : problem(
          'Gmail',
          `Google would return to ${redirectUri}, which this server does not answer`,
          `let GMAIL_REDIRECT_URI end in ${callback}, and register the same at Google`,
        ),
    ok('Google scopes', googleScopes.join(' ')),
    push
      ? ok(
          'push',
          `topic ${push.topic}; endpoint of its subscription https://<this server>/api/v1/gmail/push, ` +
            `audience ${push.audience}, service account ${push.serviceAccount}`,
        )
      : ok('push', 'not set up: mailboxes are polled'),
  ]
}
