import { bootstrap } from '../bootstrap.ts'
import { readConfig } from '../config.ts'
import { rotateKeys } from '../services/key-rotation.ts'
import { forScript, readArguments, runScript } from './run-script.ts'

/** Run when every server has the new key in front of ENCRYPTION_KEY: until then one of them may still seal with the old. */
await runScript(async () => {
  readArguments('npm run keys:rotate', {})
  const config = readConfig()
  await using app = await bootstrap(forScript(config))
  const { resealed, broken, brokenKeys } = await rotateKeys(app.ctx)
  console.log(`${resealed === 1 ? '1 mailbox is' : `${resealed} mailboxes are`} sealed anew with the newest key.`)
  if (broken.length === 0 && brokenKeys.length === 0) {
    const older = config.encryptionKeys.length - 1
    if (older > 0)
      console.log('Nothing needs the older keys: take them out of ENCRYPTION_KEY and start the servers again.')
    return
  }
  process.exitCode = 1
  for (const { userId, mailboxId } of broken) {
    console.error(`No key of ENCRYPTION_KEY opens the tokens of mailbox ${mailboxId} of user ${userId}.`)
  }
  for (const userId of brokenKeys) {
    console.error(`No key of ENCRYPTION_KEY opens the HubSpot key of user ${userId}.`)
  }
  const again = [
    ...(broken.length > 0 ? ['connect these mailboxes again'] : []),
    ...(brokenKeys.length > 0 ? ['set these keys again'] : []),
  ]
  console.error(`Put the missing key back into the ring, or have their owners ${again.join(', and ')}.`)
})
