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
