import { auth } from 'googleapis/build/src/apis/gmail/index.js'
import type { GoogleConfig } from '../../config.ts'
import { assertWanted } from './errors.ts'

export type OAuth2Client = InstanceType<typeof auth.OAuth2>

/** The library's client; each of its requests ends with `signal` or after `deadlineMs`, and none is repeated. */
export function openOAuthClient(
  { clientId, clientSecret, redirectUri, oauthBaseUrl }: GoogleConfig,
  deadlineMs: number,
  signal?: AbortSignal,
): OAuth2Client {
  const client = new auth.OAuth2({
    clientId,
    clientSecret,
    redirectUri,
    ...(oauthBaseUrl && { endpoints: endpointsBelow(oauthBaseUrl) }),
  })
  // The library repeats token calls, POST included, whatever it is told: only an interceptor can stop that.
  client.transporter.interceptors.request.add({
    resolved: async (request) => {
      assertWanted('google-oauth', signal)
      request.retry = false
      delete request.retryConfig
      const deadline = AbortSignal.timeout(deadlineMs)
      request.signal = signal ? AbortSignal.any([signal, deadline]) : deadline
      return request
    },
  })
  return client
}

function endpointsBelow(baseUrl: string) {
  return {
    oauth2AuthBaseUrl: `${baseUrl}/o/oauth2/v2/auth`,
    oauth2TokenUrl: `${baseUrl}/token`,
    oauth2RevokeUrl: `${baseUrl}/revoke`,
    oauth2FederatedSignonPemCertsUrl: `${baseUrl}/oauth2/v1/certs`,
  }
}
