import { spoilSource } from '../asr/mutants/source-mutant.ts'

// Loaded before a test's own files: from here on the setting of this name is taken from its owner and never kept.
const name = process.env['IGNORED_SETTING']
if (name !== undefined) {
  spoilSource({
    name: `ignores ${name}`,
    file: 'server/db/accounts/settings.ts',
    find: '  const { notes, quietHours, ...rest } = changes\n',
    replace: `  const { notes, quietHours, ...rest } = { ...changes, ${name}: undefined }\n`,
  })
}
