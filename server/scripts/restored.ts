import { bootstrap } from '../bootstrap.ts'
import { readConfig } from '../config.ts'
import { markUnsentAsSending } from '../db/sending/restored.ts'
import { stopAutomaticSending } from '../db/system/system-state.ts'
import { inTransaction } from '../step.ts'
import { forScript, readArguments, runScript } from './run-script.ts'

/**
 * To be run once after a backup was put back, before the server starts: no reply that went out since the backup may go
 * out a second time, neither one that waited then nor one the agent would write anew.
 */
await runScript(async () => {
  readArguments('node server/scripts/restored.ts', {})
  await using app = await bootstrap(forScript(readConfig()))
  const { db, clock } = app.ctx
  const count = await inTransaction({ db }, 'doubt-unsent', async (trx) => {
    await stopAutomaticSending(trx, clock.now().toISOString())
    return markUnsentAsSending(trx)
  })
  console.log(`${count} approved replies are looked for in Gmail; those that do not show wait for their owners' word.`)
  console.log('Automatic sending is stopped. When the mailboxes have caught up: node server/scripts/sending.ts --start')
})
