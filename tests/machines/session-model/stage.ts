import type { AppContext } from '../../../server/context.ts'
import type { DatabaseConfig } from '../../../server/db/engine/connection.ts'
import { createTestApp } from '../../support/app.ts'

/** The product on a database of its own, with a clock that is moved by hand. */
export interface Stage extends AsyncDisposable {
  readonly ctx: AppContext
  advance(seconds: number): void
}

export async function openStage(database: DatabaseConfig): Promise<Stage> {
  let now = Date.parse('2026-03-02T09:00:00.000Z')
  const clock = { now: () => new Date(now) }
  const app = await createTestApp({ config: { database }, ports: { clock } })
  return {
    ctx: app.ctx,
    advance(seconds) {
      now += 1_000 * seconds
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}
