import { auth } from 'googleapis/build/src/apis/gmail/index.js'
import type { GoogleConfig } from '../../config.ts'
import { assertWanted } from './errors.ts'

export type OAuth2Client = InstanceType<typeof auth.OAuth2>

type RequestOptions = NonNullable<Parameters<OAuth2Client['transporter']['request']>[0]>
type Retries = NonNullable<RequestOptions['retryConfig']>

const tries = 3

/**
 * The library's client; each of its requests ends with `signal` or after `deadlineMs`. None is repeated but the GET of
 * the certificates, and that only when no answer came: with it a connect would fail whose code has been used.
 */
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
      if ((request.method ?? 'GET') === 'GET') request.retryConfig = whenUnanswered()
      const deadline = AbortSignal.timeout(deadlineMs)
      request.signal = signal ? AbortSignal.any([signal, deadline]) : deadline
      return request
    },
  })
  return client
}

/** An object of its own for each request: the library counts in it. */
function whenUnanswered(): Retries {
  return {
    retry: tries - 1,
    retryDelay: 50,
    shouldRetry: ({ response, config }) =>
      !response && !config.signal?.aborted && (config.retryConfig?.currentRetryAttempt ?? 0) < tries - 1,
  }
}

function endpointsBelow(baseUrl: string) {
  return {
    oauth2AuthBaseUrl: `${baseUrl}/o/oauth2/v2/auth`,
    oauth2TokenUrl: `${baseUrl}/token`,
    oauth2RevokeUrl: `${baseUrl}/revoke`,
    oauth2FederatedSignonPemCertsUrl: `${baseUrl}/oauth2/v1/certs`,
  }
}
