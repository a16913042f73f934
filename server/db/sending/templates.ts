import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import {
  type Intent,
  type ListTemplatesInput,
  type Template,
  type TemplatePage,
  type TemplatesExported,
  type UpdateTemplateInput,
  variablesOf,
} from '../../../shared-types/index.ts'
import { storableText } from '../../../shared-types/text.ts'
import { AppError } from '../../errors.ts'
import { parseCursor, parseCursorOf, toPage } from '../engine/page.ts'
import type { DB } from '../engine/schema.ts'

/** What `templates.import` takes at once. */
const exportedAtOnce = 100

/** Newest first. */
export async function listTemplates(db: Kysely<DB>, userId: string, input: ListTemplatesInput): Promise<TemplatePage> {
  let query = selectTemplates(db, userId)
    .orderBy('templates.createdAt', 'desc')
    .orderBy('templates.id', 'desc')
    .limit(input.limit + 1)
  if (input.cursor) {
    const position = parseCursor(input.cursor)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('templates.createdAt', 'templates.id'), '<', tuple(...position)),
    )
  }
  return toPage(await query.execute(), input.limit, (row) => [row.createdAt, row.id], toItem)
}

export async function getTemplate(db: Kysely<DB>, userId: string, templateId: string): Promise<Template> {
  const row = await selectTemplates(db, userId).where('templates.id', '=', templateId).executeTakeFirst()
  if (!row) throw noTemplate()
  return { ...toItem(row), body: row.body }
}

const ByName = z.tuple([storableText(100)])

/** A hundred of them by name. */
export async function exportTemplates(
  db: Kysely<DB>,
  userId: string,
  cursor: string | undefined,
): Promise<TemplatesExported> {
  let query = db
    .selectFrom('templates')
    .where('userId', '=', userId)
    .orderBy('name')
    .limit(exportedAtOnce + 1)
    .select(['name', 'intent', 'language', 'body'])
  if (cursor !== undefined) query = query.where('name', '>', parseCursorOf(ByName, cursor)[0])
  const { items, nextCursor } = toPage(
    await query.execute(),
    exportedAtOnce,
    ({ name }) => [name],
    (row) => row,
  )
  return { templates: items, nextCursor }
}

/** The owner's template of this name, locked. */
export function lockTemplateNamed(trx: Kysely<DB>, userId: string, name: string) {
  return trx
    .selectFrom('templates')
    .where('userId', '=', userId)
    .where('name', '=', name)
    .select(['id', 'version', 'intent', 'language', 'body'])
    .forNoKeyUpdate()
    .executeTakeFirst()
}

export function noTemplate(): AppError {
  return new AppError('NOT_FOUND', 'There is no such template.')
}

function selectTemplates(db: Kysely<DB>, userId: string) {
  return db
    .selectFrom('templates')
    .where('templates.userId', '=', userId)
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('drafts')
          .whereRef('drafts.userId', '=', 'templates.userId')
          .whereRef('drafts.templateId', '=', 'templates.id')
          .select(({ fn }) => [
            fn.countAll<number>().as('useCount'),
            fn.max<string | null>('drafts.createdAt').as('lastUsedAt'),
          ])
          .as('uses'),
      (join) => join.onTrue(),
    )
    .select(['templates.id', 'name', 'intent', 'language', 'body', 'version', 'approvedVersion'])
    .select(['templates.createdAt', 'updatedAt', 'uses.useCount', 'uses.lastUsedAt'])
}

type Row = Awaited<ReturnType<ReturnType<typeof selectTemplates>['executeTakeFirstOrThrow']>>

function toItem({ body, approvedVersion, useCount, ...row }: Row): Omit<Template, 'body'> {
  return { ...row, useCount: useCount ?? 0, variables: variablesOf(body), isApproved: approvedVersion === row.version }
}

export interface NewTemplate extends Pick<Template, 'id' | 'name' | 'intent' | 'language' | 'body'> {
  readonly createdAt: string
}

/** With its first version; undefined when the owner has one of this name. */
export async function insertTemplate(trx: Kysely<DB>, userId: string, template: NewTemplate) {
  const { createdAt } = template
  const inserted = await trx
    .insertInto('templates')
    .values({ ...template, userId, updatedAt: createdAt })
    .onConflict((conflict) => conflict.columns(['userId', 'name']).doNothing())
    .returning(['id', 'version'])
    .executeTakeFirst()
  if (inserted) await insertVersion(trx, userId, { ...inserted, body: template.body, createdAt })
  return inserted
}

export type TemplateChanges = Omit<UpdateTemplateInput, 'templateId' | 'version'>

/**
 * If it is still this version; another text is the next one, which nobody has approved. For another intent or language
 * the approval does not stand either.
 */
export async function changeTemplate(
  trx: Kysely<DB>,
  userId: string,
  { id, version, changes, now }: { id: string; version: number; changes: TemplateChanges; now: string },
) {
  const { body, ...others } = changes
  const isNewText = body === undefined ? sql<boolean>`false` : sql<boolean>`body <> ${body}`
  const row = await trx
    .updateTable('templates')
    .set({ ...others, ...(body === undefined ? {} : { body }), updatedAt: now })
    .set({ version: sql`version + (${isNewText})::integer` })
    .$if(changes.intent !== undefined || changes.language !== undefined, (query) =>
      query.set({ approvedVersion: null }),
    )
    .where('userId', '=', userId)
    .where('id', '=', id)
    .where('version', '=', version)
    .returning(['id', 'version', 'body'])
    .executeTakeFirst()
  if (row && row.version !== version) await insertVersion(trx, userId, { ...row, createdAt: now })
  return row
}

function insertVersion(
  trx: Kysely<DB>,
  userId: string,
  { id, version, body, createdAt }: { id: string; version: number; body: string; createdAt: string },
) {
  return trx.insertInto('templateVersions').values({ userId, templateId: id, version, body, createdAt }).execute()
}

/** If it is still this version. */
export function setApproved(db: Kysely<DB>, userId: string, { id, version }: { id: string; version: number }) {
  return db
    .updateTable('templates')
    .set({ approvedVersion: version })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .where('version', '=', version)
    .returning('id')
    .executeTakeFirst()
}

export function removeTemplate(db: Kysely<DB>, userId: string, id: string) {
  return db.deleteFrom('templates').where('userId', '=', userId).where('id', '=', id).returning('id').executeTakeFirst()
}

/** The approved template for this intent and language, the one that names the intent first. */
export function approvedTemplateFor(db: Kysely<DB>, userId: string, wanted: { intent: Intent; language: string }) {
  return templatesQuery(db, userId, { ...wanted, isApproved: true })
    .select(['id', 'name', 'body', 'version'])
    .executeTakeFirst()
}

/** Whether this text of a template is the one that the owner has approved. */
export async function isTemplateApproved(
  db: Kysely<DB>,
  userId: string,
  { id, version }: { id: string; version: number },
): Promise<boolean> {
  const row = await db
    .selectFrom('templates')
    .where('userId', '=', userId)
    .where('id', '=', id)
    .where('version', '=', version)
    .where('approvedVersion', '=', version)
    .select('id')
    .executeTakeFirst()
  return row !== undefined
}

/** The owner's templates for this intent, or for any, in this language or in none; only approved ones, if wanted. */
export function templatesFor(db: Kysely<DB>, userId: string, wanted: WantedTemplates) {
  return templatesQuery(db, userId, wanted).limit(3).select(['id', 'name', 'body']).execute()
}

interface WantedTemplates {
  readonly intent: Intent
  readonly language: string
  readonly isApproved: boolean
}

function templatesQuery(db: Kysely<DB>, userId: string, wanted: WantedTemplates) {
  return db
    .selectFrom('templates')
    .$if(wanted.isApproved, (query) => query.whereRef('approvedVersion', '=', 'version'))
    .where('userId', '=', userId)
    .where((eb) => eb.or([eb('intent', '=', wanted.intent), eb('intent', 'is', null)]))
    .where((eb) => eb.or([eb('language', '=', wanted.language), eb('language', 'is', null)]))
    .orderBy((eb) => eb.case().when('intent', 'is', null).then(1).else(0).end())
    .orderBy('name')
}
