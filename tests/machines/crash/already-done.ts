import { TRPCClientError } from '@trpc/client'

/** A person who got no answer does it again, and is content to hear that it was done. */
export async function alreadyDone(reasons: readonly string[], call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    const data = error instanceof TRPCClientError ? (error.data as { reason?: string } | null) : null
    if (!reasons.includes(data?.reason ?? '')) throw error
  }
}
