const unreachable = /^(ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|08...|57P0.)/
/** SQLSTATE: refused log-in, no such database, too many connections or none allowed, no pgvector, no right to create it. */
const unusable = /^(28...|3D000|53300|55000|0A000|58P01|42501)$/

/** Why the database does not let us in, for the person who set DATABASE_URL; undefined when that is not the trouble. */
export function databaseTrouble(error: unknown): { what: string; fix: string } | undefined {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (isUnreachable(error)) {
    return {
      what: `The database cannot be reached (${message || code}).`,
      fix: 'Check DATABASE_URL and that the server runs.',
    }
  }
  if (code === '28P01') {
    return {
      what: `The database refuses the log-in (${message}).`,
      fix: 'Check its user and password; a Docker volume keeps the password it was made with.',
    }
  }
  if (unusable.test(code)) {
    return { what: `The database cannot be used (${message}).`, fix: "Check DATABASE_URL and the server's set-up." }
  }
  return undefined
}

/** The same as one sentence. */
export function tellDatabaseTrouble(error: unknown): string | undefined {
  const trouble = databaseTrouble(error)
  return trouble && `${trouble.what} ${trouble.fix}`
}

/** Whether it may be there in a moment: a server that is not up yet, or not any more. */
export function isUnreachable(error: unknown): boolean {
  const { code = '', message } = error as NodeJS.ErrnoException
  return unreachable.test(code) || /^(timeout exceeded|Connection terminated)/.test(message)
}
