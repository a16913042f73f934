import { posix } from 'node:path'

interface RoomRules {
  /** What is in it: a file, or everything below a folder that ends in a slash. The first room of the table that fits counts. */
  readonly holds: readonly string[]
  /** Rooms, or single files of other rooms. Packages are not asked about. */
  readonly mayImport: readonly string[]
}

/** What every room of the server may use. */
const leaves = ['shared types', 'leaves', 'mail']

const db = [
  'db engine',
  'db system',
  'db accounts',
  'db mailboxes',
  'db emails',
  'db runs',
  'db sending',
  'db metrics',
  'db sweeps',
]

/** Who may import whom. What is not listed is not allowed; a room may always import itself. */
export const rooms: Readonly<Record<string, RoomRules>> = {
  'shared types': { holds: ['shared-types/'], mayImport: [] },
  migrations: { holds: ['migrations/'], mayImport: [] },
  leaves: {
    holds: [
      'server/calendar-event.ts',
      'server/database-trouble.ts',
      'server/errors.ts',
      'server/gen-ai.ts',
      'server/lease.ts',
      'server/logger.ts',
      'server/metrics.ts',
      'server/model-cost.ts',
      'server/model-question.ts',
      'server/outcome.ts',
      'server/step.ts',
      'server/tracing.ts',
      'package.json',
    ],
    mayImport: ['shared types', 'ports', 'server/db/engine/schema.ts'],
  },
  mail: { holds: ['server/mail/'], mayImport: ['shared types'] },
  configuration: {
    holds: [
      'server/config.ts',
      'server/config-crm.ts',
      'server/env-file.ts',
      'server/environment.ts',
      'server/kept-secrets.ts',
    ],
    mayImport: ['leaves'],
  },
  ports: {
    holds: ['server/ports.ts', 'server/job-queue.ts'],
    mayImport: [...leaves, 'server/db/engine/schema.ts', 'server/jobs/catalog.ts'],
  },
  context: {
    holds: ['server/context.ts'],
    mayImport: [...leaves, 'ports', 'configuration', 'server/db/engine/schema.ts'],
  },
  security: { holds: ['server/security/'], mayImport: ['leaves'] },
  // A family of tables a room; what spans them stands beside.
  'db engine': { holds: ['server/db/engine/'], mayImport: leaves },
  'db system': { holds: ['server/db/system/'], mayImport: [...leaves, 'db engine'] },
  'db accounts': { holds: ['server/db/accounts/'], mayImport: [...leaves, 'db engine'] },
  'db mailboxes': { holds: ['server/db/mailboxes/'], mayImport: [...leaves, 'db engine'] },
  'db emails': { holds: ['server/db/emails/'], mayImport: [...leaves, 'db engine', 'db mailboxes'] },
  'db runs': { holds: ['server/db/runs/'], mayImport: [...leaves, 'db engine'] },
  'db sending': { holds: ['server/db/sending/'], mayImport: [...leaves, 'db engine', 'db system', 'db emails'] },
  // Reads them all and writes none.
  'db metrics': {
    holds: ['server/db/metrics/'],
    mayImport: [...leaves, 'db engine', 'server/db/mailboxes/quarantine.ts'],
  },
  'db sweeps': { holds: ['server/db/sweeps.ts'], mayImport: [...leaves, 'db engine'] },
  'database adapters': {
    holds: ['server/adapters/pg-', 'server/adapters/crm-database.ts'],
    mayImport: [...leaves, 'ports', 'adapters', 'configuration', ...db, 'server/jobs/catalog.ts'],
  },
  adapters: { holds: ['server/adapters/'], mayImport: [...leaves, 'ports', 'configuration'] },
  agent: { holds: ['server/agent/'], mayImport: [...leaves, 'ports', 'context', ...db, 'server/jobs/catalog.ts'] },
  services: {
    holds: ['server/services/'],
    mayImport: [
      ...leaves,
      'ports',
      'context',
      ...db,
      'security',
      'server/jobs/catalog.ts',
      'server/agent/approve.ts',
      'server/agent/changing-facts.ts',
      'server/agent/close-mail.ts',
      'server/agent/draft-fault.ts',
      'server/agent/enqueue-send.ts',
      'server/agent/policy.ts',
      'server/agent/prompts.ts',
      'server/agent/replay.ts',
      'server/agent/prompts.ts',
      'server/agent/reply-kind.ts',
      'server/agent/review-facts.ts',
      'server/agent/working-hours.ts',
    ],
  },
  jobs: {
    holds: ['server/jobs/'],
    mayImport: [...leaves, 'ports', 'context', 'services', 'agent', 'db sweeps'],
  },
  routers: { holds: ['server/routers/'], mayImport: [...leaves, 'context', 'services', ...db, 'security'] },
  router: { holds: ['server/router.ts'], mayImport: ['routers'] },
  mcp: { holds: ['server/mcp/'], mayImport: [...leaves, 'context', 'router', 'server/routers/trpc.ts'] },
  http: {
    holds: ['server/http/'],
    mayImport: [...leaves, 'context', 'services', 'security', 'router', 'mcp', 'server/routers/trpc.ts'],
  },
  bootstrap: {
    holds: ['server/bootstrap.ts'],
    mayImport: [...leaves, 'configuration', 'ports', 'context', 'security', ...db, 'adapters', 'database adapters'],
  },
  process: {
    holds: ['server/main.ts', 'server/serve.ts'],
    mayImport: [...leaves, 'bootstrap', 'configuration', 'http', 'jobs', 'server/services/single-user.ts'],
  },
  scripts: {
    holds: ['server/scripts/'],
    mayImport: [
      ...leaves,
      'bootstrap',
      'configuration',
      'ports',
      ...db,
      'adapters',
      'database adapters',
      'server/http/retry-read.ts',
      'server/jobs/catalog.ts',
      'router',
      'server/services/google-scopes.ts',
      'server/services/key-rotation.ts',
    ],
  },
  // The product is judged by it, so it shares no line with the product, and knows no demo.
  'google sandbox': { holds: ['google-sandbox/'], mayImport: [] },
  // The product from outside, as its own process sees it.
  demo: {
    holds: ['demo/'],
    mayImport: ['leaves', 'bootstrap', 'configuration', 'http', 'jobs', 'router', 'google-sandbox/sandbox.ts'],
  },
}

const entries = Object.entries(rooms)

/** The room of a file, by its path from the root. */
export function roomOf(file: string): string | undefined {
  return entries.find(([, { holds }]) => holds.some((place) => isBelow(file, place)))?.[0]
}

function isBelow(file: string, place: string): boolean {
  return place.endsWith('/') || place.endsWith('-') ? file.startsWith(place) : file === place
}

/** Every import of this file that a wall stands in front of, in words. */
export function throughWalls(file: string, text: string): string[] {
  const room = roomOf(file)
  if (room === undefined) return [`${file} is in no room`]
  const mayImport = rooms[room]?.mayImport ?? []
  return relativeImports(text).flatMap((path) => {
    const target = posix.normalize(posix.join(posix.dirname(file), path))
    const other = roomOf(target)
    if (other === room || mayImport.includes(target) || (other !== undefined && mayImport.includes(other))) return []
    return [`${file} imports ${target}: ${room} may not import ${other ?? 'what is in no room'}`]
  })
}

/** Static, dynamic, for types and for effects alone. */
function relativeImports(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map(([, path]) => path ?? '')
}
