import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Kysely, Transaction } from 'kysely'
import {
  isSlot,
  type ApproveTemplateInput,
  type CreateTemplateInput,
  type ImportedTemplate,
  type ImportTemplatesInput,
  type RenderedTemplate,
  renderTemplate,
  type RenderTemplateInput,
  type Template,
  templateSlots,
  type TemplatesImported,
  type UpdateTemplateInput,
  variablesOf,
} from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { writeAudit } from '../db/accounts/audit.ts'
import type { DB } from '../db/engine/schema.ts'
import {
  changeTemplate,
  getTemplate,
  insertTemplate,
  lockTemplateNamed,
  noTemplate,
  removeTemplate,
  setApproved,
} from '../db/sending/templates.ts'
import { AppError } from '../errors.ts'
import { inTransaction, step } from '../step.ts'

/** TEMPLATE_NAME_TAKEN. */
export function createTemplate(ctx: AppContext, userId: string, input: CreateTemplateInput): Promise<Template> {
  const id = randomUUID()
  const createdAt = ctx.clock.now().toISOString()
  return inTransaction(ctx, 'create-template', async (trx) => {
    if (!(await insertTemplate(trx, userId, { ...input, id, createdAt }))) throw nameTaken()
    return getTemplate(trx, userId, id)
  })
}

/** TEMPLATE_CHANGED when it is not the version any more that was read; TEMPLATE_NAME_TAKEN. */
export async function updateTemplate(
  ctx: AppContext,
  userId: string,
  { templateId: id, version, ...changes }: UpdateTemplateInput,
): Promise<Template> {
  const now = ctx.clock.now().toISOString()
  try {
    return await inTransaction(ctx, 'update-template', async (trx) => {
      if (!(await changeTemplate(trx, userId, { id, version, changes, now }))) throw await whyNot(trx, userId, id)
      return getTemplate(trx, userId, id)
    })
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken() : error
  }
}

/** All or none, each told what became of it, in the order they were given. */
export function importTemplates(
  ctx: AppContext,
  userId: string,
  { templates, onTaken }: ImportTemplatesInput,
): Promise<TemplatesImported> {
  const now = ctx.clock.now().toISOString()
  return inTransaction(ctx, 'import-templates', async (trx) => {
    const imported = new Map<string, ImportedTemplate>()
    // By name, or two imports at once would wait for each other.
    for (const template of templates.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      imported.set(template.name, await importTemplate(trx, userId, { template, onTaken, now }))
    }
    return { items: templates.flatMap(({ name }) => imported.get(name) ?? []) }
  })
}

async function importTemplate(
  trx: Transaction<DB>,
  userId: string,
  { template, onTaken, now }: { template: CreateTemplateInput; onTaken: 'keep' | 'replace'; now: string },
): Promise<ImportedTemplate> {
  const { name, ...changes } = template
  const made = await insertTemplate(trx, userId, { ...template, id: randomUUID(), createdAt: now })
  if (made) return { templateId: made.id, name, outcome: 'created' }
  const taken = await lockTemplateNamed(trx, userId, name)
  // Deleted since: whoever did that meant the one that stood there.
  if (!taken) return importTemplate(trx, userId, { template, onTaken, now })
  const { id, version, ...present } = taken
  if (isDeepStrictEqual(present, changes)) return { templateId: id, name, outcome: 'unchanged' }
  if (onTaken === 'keep') return { templateId: id, name, outcome: 'kept' }
  await changeTemplate(trx, userId, { id, version, changes, now })
  return { templateId: id, name, outcome: 'replaced' }
}

export async function deleteTemplate(ctx: AppContext, userId: string, templateId: string): Promise<{ ok: true }> {
  if (!(await step('delete-template', () => removeTemplate(ctx.db, userId, templateId)))) throw noTemplate()
  return { ok: true }
}

/** The owner agrees that this very version goes out unread. Only what code fills in may stand open in it. */
export function approveTemplate(
  ctx: AppContext,
  userId: string,
  { templateId: id, version }: ApproveTemplateInput,
): Promise<Template> {
  return inTransaction(ctx, 'approve-template', async (trx) => {
    if (!(await setApproved(trx, userId, { id, version }))) throw await whyNot(trx, userId, id)
    const template = await getTemplate(trx, userId, id)
    const open = template.variables.filter((name) => !isSlot(name))
    if (open.length > 0) throw notFillable(open)
    const detail = { templateId: id, version: String(version) }
    await writeAudit(trx, userId, { at: ctx.clock.now(), action: 'TEMPLATE_APPROVED', detail })
    return template
  })
}

export async function render(
  ctx: AppContext,
  userId: string,
  { templateId, values }: RenderTemplateInput,
): Promise<RenderedTemplate> {
  const { body } = await getTemplate(ctx.db, userId, templateId)
  const known = variablesOf(body)
  const unknown = Object.keys(values).filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new AppError('VALIDATION_FAILED', `The template has no ${inBraces(unknown)}.`)
  return renderTemplate(body, values)
}

async function whyNot(db: Kysely<DB>, userId: string, id: string): Promise<AppError> {
  await getTemplate(db, userId, id)
  return new AppError('TEMPLATE_CHANGED', 'The template has changed since you read it. Look at it again.')
}

function nameTaken(): AppError {
  return new AppError('TEMPLATE_NAME_TAKEN', 'You have a template of this name already.')
}

function notFillable(names: readonly string[]): AppError {
  return new AppError(
    'VALIDATION_FAILED',
    `Nobody but you can fill in ${inBraces(names)}: a template that goes out by itself may hold ${inBraces([...templateSlots, 'note-1'])} and further notes only.`,
  )
}

function inBraces(names: readonly string[]): string {
  return names.map((name) => `{{${name}}}`).join(', ')
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505'
}
