import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { TokenScope } from '../shared-types/index.ts'
import type { Config } from './config.ts'
import type { DB } from './db/engine/schema.ts'
import type { Ports } from './ports.ts'

/** Made once by bootstrap, handed on as first argument; nothing else is global. */
export interface AppContext extends Ports {
  readonly config: Config
  readonly db: Kysely<DB>
  readonly logger: Logger
  /** Aborts when the process begins to stop. */
  readonly stopping: AbortSignal
}

/** An owner who is signed in, as the access token says. */
export interface SessionCaller {
  readonly userId: string
  readonly sessionId: string
}

/** A program that an owner has given a personal token. */
export interface ProgramCaller {
  readonly userId: string
  readonly tokenId: string
  readonly scopes: readonly TokenScope[]
}

/** Who is asking. */
export type Caller = SessionCaller | ProgramCaller

export function isProgram(caller: Caller): caller is ProgramCaller {
  return 'tokenId' in caller
}

/** One HTTP request: what a procedure may know of it. */
export interface RequestContext extends AppContext {
  readonly requestId: string
  /** The network address the request came from, as far as the proxies in front are trusted. */
  readonly clientAddress: string
  /** How the client names itself; empty when it does not. */
  readonly userAgent: string
  readonly caller: Caller | null
  /** Who the request's token speaks for by now: null when it has expired, or is no longer known. */
  findCaller(): Promise<Caller | null>
  readonly refreshCookie: RefreshCookie
  readonly browserCookie: BrowserCookie
  readonly deviceCookie: DeviceCookie
}

/** The refresh token in the browser: HttpOnly, SameSite=Strict. */
export interface RefreshCookie {
  read(): string | undefined
  write(token: string): void
  clear(): void
}

/** Ties an OAuth state to the browser that began: HttpOnly, SameSite=Lax, since it must come along on Google's redirect. */
export interface BrowserCookie {
  /** The browser's secret; made and set when there is none. */
  ensure(): string
  read(): string | undefined
}

/** Tells that this browser has signed in before: HttpOnly, SameSite=Strict; stays after the session's end. */
export interface DeviceCookie {
  read(): string | undefined
  write(token: string): void
}
