import { expect, test } from 'vitest'
import { newServerDatabase } from '../support/server-process.ts'
import { newSettings, runScript } from './script.ts'

test('the operator stops automatic sending, sees since when, and lets it go on', async () => {
  using settings = newSettings()
  await using database = await newServerDatabase()
  const env = { ...settings.env, ...database.env, AUTO_SEND_ENABLED: 'true' }
  const sending = (...args: string[]) => runScript('sending', { args, env })

  const goesOn = { code: 0, lines: ['Automatic sending is not stopped. Waiting: 0.'], errors: '' }
  const stopped = {
    code: 0,
    lines: [
      expect.stringMatching(
        /^Automatic sending is stopped for everybody since 20\d\d-.+Z\. What people approve goes out\.$/,
      ),
      '0 waiting come back to review at their time; 0 had begun and may be out.',
      'npm run sending -- --start lets it go on.',
    ],
    errors: '',
  }
  expect(await sending('--stop')).toEqual(stopped)
  expect(await sending('--start')).toEqual(goesOn)
  expect(await sending('--stop', '--start')).toEqual({
    code: 1,
    lines: [''],
    errors: 'Usage: npm run sending [-- --stop | --start]',
  })
})
