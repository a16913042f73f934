import { z } from 'zod'
import type { GoogleConfig, PushConfig } from '../../config.ts'
import type { PushVerifier } from '../../ports.ts'
import { badAnswer, toUpstream } from './errors.ts'
import { openOAuthClient } from './oauth-client.ts'

const issuer = 'https://accounts.google.com'
const graceSeconds = 300

/** Google's signing keys by their id, in PEM. */
const Certificates = z.record(z.string(), z.string().includes('-----BEGIN'))

/**
 * The tokens Pub/Sub signs its pushes with (cloud.google.com/pubsub/docs/authenticate-push-subscriptions). The library
 * checks the signature (RSA with SHA-256, whatever the token says of itself), issuer, audience and times, with five
 * minutes of grace for clocks; the rest is checked here.
 */
export function createPushVerifier(
  google: GoogleConfig,
  { audience, serviceAccount }: PushConfig,
  { deadlineMs = 10_000 }: { deadlineMs?: number } = {},
): PushVerifier {
  const client = openOAuthClient(google, deadlineMs)
  const Claims = z.object({
    email: z.literal(serviceAccount),
    email_verified: z.literal(true),
    nbf: z.number().refine(isPast).optional(),
  })
  let asking: Promise<z.infer<typeof Certificates>> | undefined

  /** Kept by the library as long as Google allows; one request for all who wait. */
  function certificates(): Promise<z.infer<typeof Certificates>> {
    asking ??= askForCertificates().finally(() => {
      asking = undefined
    })
    return asking
  }

  async function askForCertificates() {
    const { certs } = await client.getFederatedSignonCertsAsync().catch((error: unknown) => {
      throw toUpstream('google-oauth', error)
    })
    const parsed = Certificates.safeParse(certs)
    if (!parsed.success) throw badAnswer('google-oauth', 'no certificates')
    return parsed.data
  }

  return {
    async verify(token) {
      const known = await certificates()
      try {
        const ticket = await client.verifySignedJwtWithCertsAsync(token, known, audience, [issuer])
        return Claims.safeParse(ticket.getPayload()).success
      } catch {
        // The library says what is wrong with a token by throwing, its text in the message.
        return false
      }
    },
  }
}

function isPast(seconds: number): boolean {
  return seconds <= Date.now() / 1_000 + graceSeconds
}
