import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { DatabaseConfig } from '../../../server/db/engine/connection.ts'
import type { MailReading } from '../../../server/mail/fields.ts'

export type Batch = readonly {
  readonly name: string
  readonly reading: Exclude<MailReading, { kind: 'quarantined' }>
}[]
/** Answers each batch, and says first that it is ready. */
export interface WriterNews {
  readonly refused: readonly string[]
}

export interface FuzzDatabase extends AsyncDisposable {
  /** Stores the mails; answers those the database refused. */
  write(batch: Batch): Promise<readonly string[]>
}

/** A migrated database of its own, written to by a thread of its own, one batch after the other. */
export async function openFuzzDatabase(config: DatabaseConfig): Promise<FuzzDatabase> {
  const worker = new Worker(new URL('./writer.ts', import.meta.url), { workerData: config })
  const answer = async () => ((await once(worker, 'message')) as [WriterNews])[0].refused
  let tail: Promise<readonly string[]> = answer()
  await tail
  return {
    write(batch) {
      tail = tail.then(() => {
        worker.postMessage(batch, [])
        return answer()
      })
      return tail
    },
    async [Symbol.asyncDispose]() {
      await tail
      await worker.terminate()
    },
  }
}
