import type { Kysely, Transaction } from 'kysely'
import type { DB } from './db/engine/schema.ts'
import { traced } from './tracing.ts'

/** What a crash test does at a seam: end the process, throw, or wait. */
export interface StepHook {
  before?(name: string): void | Promise<void>
  after?(name: string): void | Promise<void>
}

let hook: StepHook | undefined

/** Only crash tests call this, in a process of their own. */
export function hookSteps(newHook: StepHook | undefined): void {
  hook = newHook
}

/**
 * The seam that every transaction, every writing statement outside one and every outside call passes,
 * under a name of its own, so that a test can end the process before and after each of them, and a trace shows each.
 */
export async function step<T>(name: string, effect: () => Promise<T>): Promise<T> {
  // The one it began under, also when that is taken away meanwhile.
  const current = hook
  if (!current) return traced(name, {}, effect)
  await current.before?.(name)
  const result = await traced(name, {}, effect)
  await current.after?.(name)
  return result
}

/** A transaction at such a seam: all of `work` or nothing of it. */
export function inTransaction<T>(
  { db }: { readonly db: Kysely<DB> },
  name: string,
  work: (trx: Transaction<DB>) => Promise<T>,
): Promise<T> {
  return step(name, () => db.transaction().execute(work))
}
