const tries = 3

/**
 * Asks three times at most while the connection ends before an answer comes: a kept connection may be closed just as
 * it is used. For reads alone; nobody knows whether the other side has done what it was asked.
 */
export async function retryRead(ask: () => Promise<Response>): Promise<Response> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await ask()
    } catch (error) {
      if (failures === tries || !isConnectionLost(error)) throw error
    }
  }
}

/** How `fetch` says that a connection it had was closed: as the system's code, or as its own for the end of a stream. */
function isConnectionLost(error: unknown): boolean {
  const code = connectionCodeOf(error)
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET'
}

/** The code below the "fetch failed" of a request without an answer, for example ECONNREFUSED. */
export function connectionCodeOf(error: unknown): string | undefined {
  const cause = error instanceof TypeError ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
}
