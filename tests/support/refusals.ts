/** What a program can tell a refusal by. */
export function refusal(reason: string): object {
  return { cause: { reason } }
}

/** All a caller gets to see of a refused call. */
export async function seenOf(call: Promise<unknown>): Promise<object> {
  try {
    return { answer: await call }
  } catch (error) {
    const { code, message, cause } = error as { code?: string; message: string; cause?: { reason?: string } }
    return { code, message, reason: cause?.reason }
  }
}

/** Why those that failed failed, each reason once: what a program is told, else what a person is. */
export function reasonsOf(outcomes: readonly PromiseSettledResult<unknown>[]): string[] {
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  const reasons = failures.map((error) => {
    const { message, cause } = error as { message: string; cause?: { reason?: string } }
    return cause?.reason ?? message
  })
  return [...new Set(reasons)]
}
