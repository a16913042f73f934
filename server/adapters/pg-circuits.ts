import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { deletePause, notePause } from '../db/system/circuit-pauses.ts'
import type { DB } from '../db/engine/schema.ts'
import type { Circuits } from '../ports.ts'
import { step } from '../step.ts'
import { createCircuits } from './circuit.ts'

/** The circuits of this process. The others hear of each that opens or closes, through the database. */
export function createPgCircuits({ db, logger }: { db: Kysely<DB>; logger: Logger }): Circuits & AsyncDisposable {
  let noted: Promise<void> = Promise.resolve()
  const circuits = createCircuits((vendor, isOpen) => {
    if (isOpen) logger.warn({ vendor }, 'too many calls failed: the service is left alone for a while')
    else logger.info({ vendor }, 'the service answers again')
    noted = noted.then(() => note(vendor))
  })

  async function note(vendor: keyof Circuits): Promise<void> {
    const { pause } = circuits[vendor]
    try {
      if (pause) await step('note-pause', () => notePause(db, vendor, pause.until.getTime() - Date.now()))
      else await step('forget-pause', () => deletePause(db, vendor))
    } catch (error) {
      logger.warn({ err: error, vendor }, 'other processes could not be told of a service that fails')
    }
  }

  return { ...circuits, [Symbol.asyncDispose]: () => noted }
}
