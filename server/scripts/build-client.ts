import { join } from 'node:path'
import { buildClient } from './client/build.ts'
import { readArguments, runScript } from './run-script.ts'

// Writes dist/client: the package that a frontend installs.
await runScript(() => {
  readArguments('npm run build:client', { options: {} })
  return buildClient(join(import.meta.dirname, '../../dist/client'))
})
