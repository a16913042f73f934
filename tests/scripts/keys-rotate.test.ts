import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { hubspotKeyPlace } from '../../server/db/accounts/hubspot-keys.ts'
import { createSealer } from '../../server/security/encryption.ts'
import { newServerDatabase } from '../support/server-process.ts'
import { newSettings, runScript } from './script.ts'

test('the operator rotates the key: what is left to do is said, and a missing key is named', async () => {
  using settings = newSettings()
  await using place = await newServerDatabase()
  const [oldKey, newKey] = [randomBytes(32), randomBytes(32)]
  const mailbox = { userId: randomUUID(), id: randomUUID() }
  {
    await using database = await place.open()
    const email = 'owner@studio.example'
    await database.db.insertInto('users').values({ id: mailbox.userId, email }).execute()
    const row = { userId: mailbox.userId, table: 'mailboxes', rowId: mailbox.id, column: 'refresh_token' }
    const refreshToken = createSealer([oldKey]).seal('1//a-refresh-token', row)
    const others = { googleSubject: '1', address: email, status: 'active' as const, scopes: [] }
    await database.db
      .insertInto('mailboxes')
      .values({ ...mailbox, ...others, refreshToken })
      .execute()
    const sealedKey = createSealer([oldKey]).seal('pat-eu1-key', hubspotKeyPlace(mailbox.userId))
    const setAt = new Date().toISOString()
    await database.db.insertInto('hubspotKeys').values({ userId: mailbox.userId, sealedKey, setAt }).execute()
  }
  const rotate = (keys: readonly Buffer[], args: string[] = []) => {
    const ring = keys.map((key) => key.toString('base64')).join(',')
    return runScript('keys-rotate', { args, env: { ...settings.env, ...place.env, ENCRYPTION_KEY: ring } })
  }
  expect(await rotate([newKey])).toEqual({
    code: 1,
    lines: ['0 mailboxes are sealed anew with the newest key.'],
    errors: [
      `No key of ENCRYPTION_KEY opens the tokens of mailbox ${mailbox.id} of user ${mailbox.userId}.`,
      `No key of ENCRYPTION_KEY opens the HubSpot key of user ${mailbox.userId}.`,
      'Put the missing key back into the ring, or have their owners connect these mailboxes again, and set these keys again.',
    ].join('\n'),
  })
  expect(await rotate([newKey, oldKey])).toEqual({
    code: 0,
    lines: [
      '1 mailbox is sealed anew with the newest key.',
      'Nothing needs the older keys: take them out of ENCRYPTION_KEY and start the servers again.',
    ],
    errors: '',
  })
  expect(await rotate([newKey])).toMatchObject({
    code: 0,
    lines: ['0 mailboxes are sealed anew with the newest key.'],
  })
  expect(await rotate([newKey], ['--all'])).toMatchObject({ code: 1, errors: 'Usage: npm run keys:rotate' })
})
