import { z } from 'zod'
import { SendableIntent } from './mail.ts'
import { Instant, pageInput, pageOf } from './page.ts'

export const ListTrustInput = z.strictObject(pageInput)
export type ListTrustInput = z.infer<typeof ListTrustInput>

const standing = {
  /** Drafts the owner approved unchanged that count. */
  approvals: z.int(),
  /** The setting `trustApprovals`. */
  needed: z.int(),
  /** How many more it takes; 0: it is trusted. */
  missing: z.int(),
  /** When the owner last edited or rejected a draft, or took an automatic reply back; null: not in the last 90 days. */
  lastTakenBackAt: Instant.nullable(),
}

/**
 * What an intent or a correspondent still lacks: mail is answered automatically only when its intent and its
 * correspondent have both earned it.
 */
export const TrustItem = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('intent'), intent: SendableIntent, ...standing }),
  z.strictObject({ kind: z.literal('correspondent'), address: z.string(), ...standing }),
])
export type TrustItem = z.infer<typeof TrustItem>

export const TrustPage = pageOf(TrustItem)
export type TrustPage = z.infer<typeof TrustPage>
