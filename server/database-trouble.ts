import { AppError, isUpstream } from './errors.ts'

/**
 * What is wrong with the database itself, as opposed to a statement: it is `unreachable` or shuts down or starts up, the
 * `login` is refused, there is no such database (`missing`), its disk is `full`, it takes no more connections (`busy`),
 * or it lacks what we need, as pgvector or the right to create it (`unfit`).
 */
export type DatabaseTrouble = 'unreachable' | 'login' | 'missing' | 'full' | 'busy' | 'unfit'

/** Codes of sockets and SQLSTATEs (PostgreSQL, appendix A). */
const codes: readonly (readonly [RegExp, DatabaseTrouble])[] = [
  [
    /^(ECONN(REFUSED|RESET|ABORTED)|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|08...|57P0[123])$/,
    'unreachable',
  ],
  [/^28...$/, 'login'],
  [/^3D000$/, 'missing'],
  [/^53100$/, 'full'],
  [/^(53300|55000)$/, 'busy'],
  [/^(0A000|58P01|42501)$/, 'unfit'],
]
// These come from pg, pg-pool, PGlite and Kysely without any code.
const messages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|PGlite (instance )?is (already )?clos|driver has already been destroyed)/

/** Undefined where the error is not about the database, or about one statement alone. */
export function databaseTroubleOf(error: unknown): DatabaseTrouble | undefined {
  // An outside service breaks off in the same words.
  if (!(error instanceof Error) || isUpstream(error)) return undefined
  const { code } = error as { code?: unknown }
  const found = typeof code === 'string' && codes.find(([pattern]) => pattern.test(code))
  if (found) return found[1]
  return messages.test(error.message) ? 'unreachable' : databaseTroubleOf(error.cause)
}

/** What a caller is told while it cannot be used. */
export function databaseAway(cause: unknown): AppError {
  const message = 'The service cannot reach its database right now. Try again in a moment.'
  return new AppError('UNAVAILABLE', message, { cause, retryAfterSeconds: 5 })
}

/** Whether the database cannot be used for now, whatever is asked of it. A statement that lacks a right is a bug. */
export function isDatabaseAway(error: unknown): boolean {
  const trouble = databaseTroubleOf(error)
  return trouble !== undefined && trouble !== 'unfit'
}

const fixes: Readonly<Record<DatabaseTrouble, readonly [what: string, fix: string]>> = {
  unreachable: ['cannot be reached', 'Check DATABASE_URL and that the server runs.'],
  login: ['refuses the log-in', 'Check its user and password; a Docker volume keeps the password it was made with.'],
  missing: ['cannot be used', "Check DATABASE_URL and the server's set-up."],
  full: ['cannot be used', 'Its disk is full: make room.'],
  busy: ['cannot be used', 'It takes no more connections: close some, or raise max_connections.'],
  unfit: ['cannot be used', "Check DATABASE_URL and the server's set-up."],
}

/** Why the database does not let us in, for the person who set DATABASE_URL; undefined when that is not the trouble. */
export function explainDatabaseTrouble(error: unknown): { what: string; fix: string } | undefined {
  const trouble = databaseTroubleOf(error)
  if (!trouble) return undefined
  const [what, fix] = fixes[trouble]
  const { code = '', message } = error as NodeJS.ErrnoException
  return { what: `The database ${what} (${message || code}).`, fix }
}

/** The same as one sentence. */
export function tellDatabaseTrouble(error: unknown): string | undefined {
  const trouble = explainDatabaseTrouble(error)
  return trouble && `${trouble.what} ${trouble.fix}`
}
