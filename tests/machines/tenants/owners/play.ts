import type { Kysely } from 'kysely'
import type { DB } from '../../../../server/db/engine/schema.ts'

/** What a query function is called with behind the database and the owner. */
type Rest<F> = F extends (db: never, userId: string, ...rest: infer R) => unknown ? R : never

interface Case<R> {
  /** SQL that is done before, to the rows of everybody alike. */
  readonly before?: string
  /** It is to come to another end when others are there: of the row there is one for all. */
  readonly isShared?: true
  readonly args: R | ((db: Kysely<DB>, userId: string) => R)
}

/** Query functions of one file: what each is played with, in one way or in several. */
export type Rows<M> = {
  readonly [K in keyof M as Rest<M[K]> extends never ? never : K]?:
    | Rest<M[K]>
    | Case<Rest<M[K]>>
    | readonly Case<Rest<M[K]>>[]
}

/** One call of a query function, by whoever is named. */
export interface Play {
  /** Below server/db, without its ending. */
  readonly file: string
  readonly name: string
  /** The same name may be played in several ways. */
  readonly place: number
  readonly before: string
  readonly isShared: boolean
  call(db: Kysely<DB>, userId: string): unknown
}

type AnyFunction = (db: unknown, userId: string, ...rest: readonly unknown[]) => unknown

export function playsOf<M extends object>(file: string, functions: M, rows: Rows<M>): Play[] {
  return Object.entries(rows as Record<string, readonly unknown[] | Case<readonly unknown[]>>).flatMap(([name, row]) =>
    casesOf(row).map(({ before = '', isShared = false, args }, place) => ({
      file,
      name,
      place,
      before,
      isShared,
      call(db: Kysely<DB>, userId: string) {
        const rest = typeof args === 'function' ? args(db, userId) : args
        const answer = (functions as Record<string, AnyFunction>)[name]?.(db, userId, ...rest)
        // Parts of other queries are looked at by themselves.
        return isQuery(answer) ? answer.execute() : answer
      },
    })),
  )
}

function casesOf(row: readonly unknown[] | Case<readonly unknown[]>): readonly Case<readonly unknown[]>[] {
  if (!Array.isArray(row)) return [row as Case<readonly unknown[]>]
  const isCases = row.length > 0 && row.every((item) => typeof item === 'object' && item !== null && 'args' in item)
  return isCases ? row : [{ args: row }]
}

function isQuery(answer: unknown): answer is { execute(): unknown } {
  return typeof answer === 'object' && answer !== null && 'execute' in answer
}
