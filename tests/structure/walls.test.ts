import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { roomOf, rooms, throughWalls } from './walls.ts'

const root = join(import.meta.dirname, '../..')
const files = ['server', 'shared-types', 'migrations', 'google-sandbox', 'demo']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))

test('every file is in a room, and imports only what its room may', () => {
  expect(files.flatMap((file) => throughWalls(file, readFileSync(join(root, file), 'utf8')))).toEqual([])
})

test('no room is empty, and no file is allowed that is not there', () => {
  const inhabited = new Set(files.map(roomOf))
  expect(Object.keys(rooms).filter((room) => !inhabited.has(room))).toEqual([])
  const allowed = Object.values(rooms).flatMap(({ mayImport }) => mayImport)
  expect(allowed.filter((name) => !(name in rooms) && !files.includes(name))).toEqual([])
})

test.each([
  ['server/services/planted.ts', `import { createGmail } from '../adapters/google/gmail.ts'`],
  ['server/services/sending/planted.ts', `import type { Pipeline } from '../../agent/pipeline.ts'`],
  ['server/agent/planted.ts', `import { stop } from '../services/runs.ts'`],
  ['server/db/runs/planted.ts', `export * from '../../services/runs.ts'`],
  ['server/db/emails/planted.ts', `import type { Clock } from '../../ports.ts'`],
  ['server/db/emails/planted.ts', `import { findDraft } from '../sending/drafts.ts'`],
  ['server/http/planted.ts', `const { findEmail } = await import('../db/emails/emails.ts')`],
  ['server/http/planted.ts', `import { emails } from '../routers/emails.ts'`],
  ['server/jobs/planted.ts', `import { findDraft } from '../db/sending/drafts.ts'`],
  ['server/adapters/planted.ts', `import { openDatabase } from '../db/engine/connection.ts'`],
  ['server/adapters/pg-planted.ts', `import { handlers } from '../jobs/handlers.ts'`],
  ['server/security/planted.ts', `import type { AppContext } from '../context.ts'`],
  ['server/mail/planted.ts', `import '../errors.ts'`],
  ['server/router.ts', `import { bootstrap } from './bootstrap.ts'`],
  ['server/serve.ts', `import { createGemini } from './adapters/gemini/gemini.ts'`],
  ['server/routers/planted.ts', `import { sandbox } from '../../google-sandbox/sandbox.ts'`],
  ['server/scripts/planted.ts', `import { newOwner } from '../../tests/support/app.ts'`],
  ['google-sandbox/planted.ts', `import { readMail } from '../server/adapters/mime/reader.ts'`],
  ['google-sandbox/gmail/planted.ts', `import type { EmailItem } from '../../shared-types/email.ts'`],
  ['google-sandbox/planted.ts', `import { seedInbox } from '../demo/inbox/seed.ts'`],
  ['demo/planted.ts', `import { listEmails } from '../server/db/emails/emails.ts'`],
  ['shared-types/planted.ts', `import { AppError } from '../server/errors.ts'`],
  ['migrations/9999-planted.ts', `import { sql } from '../server/db/engine/schema.ts'`],
  ['server/planted.ts', ''],
])('a wall stands in %s before %s', (file, text) => {
  expect(throughWalls(file, text)).toHaveLength(1)
})
