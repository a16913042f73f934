import { join } from 'node:path'
import { Kysely, PGliteDialect } from 'kysely'
import { generate, PostgresDialect, RawExpressionNode } from 'kysely-codegen'
import { openEmbedded } from '../db/engine/embedded.ts'
import { migrateToLatest } from '../db/engine/migrate.ts'
import type { DB } from '../db/engine/schema.ts'
import { readArguments, runScript } from './run-script.ts'

/** The generator writes no import for these expressions, so each names its module itself. */
const shared = (name: string) => `import('${contract}').${name}`
/** As the written file reaches it. */
const contract = '../../../shared-types/index.ts'

/** What the database's own types cannot say: which strings a column holds, and what is inside its documents. */
const columns = {
  ...type(shared('Direction'), 'emails.direction'),
  ...type(shared('EmailStatus'), 'emails.status'),
  ...type(shared('Intent'), 'emails.intent', 'traces.intent', 'templates.intent'),
  ...type(shared('Intent'), 'intent_corrections.intent', 'intent_corrections.model_intent'),
  ...type(shared('DraftStatus'), 'drafts.status'),
  ...type(shared('MailboxStatus'), 'mailboxes.status'),
  ...type(shared('TraceStatus'), 'traces.status'),
  ...type(shared('StepName'), 'agent_steps.name', 'tool_executions.step_name', 'model_calls.step_name'),
  ...type("'full' | 'classify'", 'traces.scope'),
  ...type(`${shared('RunMode')} | null`, 'traces.mode'),
  ...type(shared('BatchKind'), 'batches.kind'),
  ...type(shared('BatchStatus'), 'batches.status'),
  ...type(shared('BatchItemStatus'), 'batch_items.status'),
  ...type(shared('BatchItemReason'), 'batch_items.reason'),
  ...type("'running' | 'completed' | 'failed'", 'agent_steps.status'),
  ...type("'ok' | 'failed'", 'tool_executions.status'),
  ...type("'READY' | 'SENDING' | 'SENT' | 'CANCELLED' | 'REJECTED' | 'UNKNOWN' | 'NOT_SENT'", 'outbox.state'),
  ...type("'owner' | 'agent'", 'outbox.origin'),
  ...type("'intent' | 'correspondent'", 'trust_decisions.kind'),
  ...type("'approved' | 'edited' | 'rejected' | 'cancelled'", 'trust_decisions.outcome'),
  ...type(`Generated<${shared('Settings')}['autonomy']>`, 'settings.autonomy'),
  ...type(`Generated<${shared('Settings')}['crm']>`, 'settings.crm'),
  ...type(`Generated<${shared('Settings')}['tone']>`, 'settings.tone'),
  ...type(`Generated<${shared('Settings')}['allowedIntents']>`, 'settings.allowed_intents'),
  ...type(`Generated<${shared('Settings')}['mutedNotifications']>`, 'settings.muted_notifications'),
  ...document(
    `${shared('Address')}[]`,
    'emails.to_addresses',
    'emails.cc_addresses',
    'emails.reply_to_addresses',
    'drafts.to_addresses',
  ),
  ...document('Record<string, string>', 'emails.headers'),
  ...type(`Generated<${shared('MailFlag')}[]>`, 'emails.flags'),
  ...document(shared('CalendarPart'), 'emails.calendar'),
  ...document(shared('MailReport'), 'emails.report'),
  ...document(`${shared('OpenQuestion')}[]`, 'drafts.open_questions'),
  ...document(`${shared('Source')}[]`, 'drafts.sources'),
  ...type(shared('Intent'), 'draft_lessons.intent'),
  ...type("'edited' | 'not_usable'", 'draft_lessons.outcome'),
  ...type(shared('DraftFault'), 'draft_lessons.fault'),
  ...document('string[]', 'draft_lessons.removed', 'draft_lessons.added'),
  ...type(`Generated<${shared('ContactSource')}>`, 'contacts.name_source'),
  ...type(shared('ContactSource'), 'contacts.company_source', 'contacts.notes_source'),
  ...type(`${shared('TokenScope')}[]`, 'personal_tokens.scopes'),
  ...type(shared('AuditAction'), 'audit_log.action'),
  ...type("'owner' | 'agent'", 'audit_log.actor'),
  ...document('Record<string, string>', 'audit_log.detail'),
  ...document(shared('RunRequest'), 'traces.request'),
  ...document(`${shared('DraftSentence')}[]`, 'drafts.sentences'),
  ...type(
    `ColumnType<${shared('Reason')}[] | null, string | undefined, string>`,
    'emails.reasons',
    'drafts.reasons',
    'outbox.reasons',
  ),
  ...type(`ColumnType<${shared('Note')}[], string | undefined, string>`, 'settings.notes'),
  ...document(shared('QuietHours'), 'settings.quiet_hours'),
  ...document(
    'unknown',
    'agent_steps.input',
    'agent_steps.output',
    'agent_steps.addition',
    'tool_executions.input',
    'tool_executions.output',
  ),
  ...document('Record<string, unknown>', 'notifications.payload'),
}

// Writes server/db/engine/schema.ts from the migrations, run on an embedded database; `--verify` only compares.
await runScript(async () => {
  const { values } = readArguments('npm run codegen [-- --verify]', { options: { verify: { type: 'boolean' } } })
  await using pglite = await openEmbedded('memory://codegen')
  const db = new Kysely<DB>({ dialect: new PGliteDialect({ pglite }) })
  await migrateToLatest(db)
  await generate({
    db: new Kysely<unknown>({ dialect: new PGliteDialect({ pglite }) }),
    dialect: new PostgresDialect(),
    camelCase: true,
    verify: values.verify ?? false,
    outFile: join(import.meta.dirname, '../db/engine/schema.ts'),
    excludePattern: '*kysely_migration*',
    typeMapping: {
      timestamptz: 'string',
      date: 'string',
      int8: 'number',
      numeric: 'string',
      halfvec: 'string',
      tsvector: 'string',
    },
    overrides: { columns },
  })
})

function type(expression: string, ...names: string[]) {
  return Object.fromEntries(names.map((name) => [name, new RawExpressionNode(expression)]))
}

/** Read as a value, written as JSON text: `pg` would turn a bare array into a PostgreSQL array. */
function document(expression: string, ...names: string[]) {
  return type(`ColumnType<${expression}, string, string>`, ...names)
}
