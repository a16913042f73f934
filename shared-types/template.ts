import { z } from 'zod'
import { Intent } from './mail.ts'
import { Id, Instant, pageInput, pageOf } from './page.ts'
import { storableText } from './text.ts'

const Name = storableText(100).trim().min(1)
const Body = storableText(10_000).trim().min(1)
const Language = z.string().regex(/^[a-z]{2}$/, 'must be a language code such as en')

/**
 * What code can fill in by itself: who is answered, today's date where the owner is, free times (only with
 * `freeBusyShareable`). Besides, `note-1` is the first of the owner's shareable notes, and so on.
 */
export const templateSlots = ['name', 'date', 'times'] as const

/** The slot of a note, by its place among the shareable ones, from 0. */
export function shareableNote(index: number): string {
  return `note-${index + 1}`
}

/** Whether code may come to fill it in. */
export function isSlot(name: string): boolean {
  return templateSlots.some((slot) => slot === name) || /^note-[1-9]\d{0,2}$/.test(name)
}

/** The owner's own wording. It stands for one intent and language, or for any of them. */
const TemplateItem = z.strictObject({
  id: Id,
  name: z.string(),
  intent: Intent.nullable(),
  language: Language.nullable(),
  /** Those of `{{name}}` in the text, each once, in their order. */
  variables: z.array(z.string()),
  /** Rises with every edit of the text. */
  version: z.int(),
  /** The owner has agreed that this very version goes out without being read again. */
  isApproved: z.boolean(),
  /** How many drafts were made of it, and when the last one was. */
  useCount: z.int(),
  lastUsedAt: Instant.nullable(),
  createdAt: Instant,
  updatedAt: Instant,
})

export const Template = TemplateItem.extend({ body: z.string() })
export type Template = z.infer<typeof Template>

export const ListTemplatesInput = z.strictObject(pageInput)
export type ListTemplatesInput = z.infer<typeof ListTemplatesInput>
export const TemplatePage = pageOf(TemplateItem)
export type TemplatePage = z.infer<typeof TemplatePage>

export const TemplateInput = z.strictObject({ templateId: Id })

export const CreateTemplateInput = z.strictObject({
  name: Name,
  intent: Intent.nullable().default(null),
  language: Language.nullable().default(null),
  body: Body,
})
export type CreateTemplateInput = z.infer<typeof CreateTemplateInput>

/** As it goes from one account into another: an approval stays behind. */
export const PortableTemplate = z.strictObject({
  name: z.string(),
  intent: Intent.nullable(),
  language: Language.nullable(),
  body: z.string(),
})
export type PortableTemplate = z.infer<typeof PortableTemplate>

/** What `templates.import` takes, a hundred at a time. */
export const ExportTemplatesInput = z.strictObject({ cursor: pageInput.cursor })
export type ExportTemplatesInput = z.infer<typeof ExportTemplatesInput>
export const TemplatesExported = z.strictObject({
  templates: z.array(PortableTemplate),
  nextCursor: z.string().nullable(),
})
export type TemplatesExported = z.infer<typeof TemplatesExported>

/** `onTaken`: what becomes of a template whose name the owner has already. */
export const ImportTemplatesInput = z
  .strictObject({
    templates: z.array(CreateTemplateInput).min(1).max(100),
    onTaken: z.enum(['keep', 'replace']).default('keep'),
  })
  .refine(({ templates }) => new Set(templates.map(({ name }) => name)).size === templates.length, {
    path: ['templates'],
    error: 'has two of one name',
  })
  .meta({
    examples: [{ templates: [{ name: 'Prices', language: 'en', body: 'Dear {{name}}, here are our prices.' }] }],
  })
export type ImportTemplatesInput = z.infer<typeof ImportTemplatesInput>

/** `kept`: another one of this name stands as it was. What is replaced is a new version, and needs a new approval. */
export const ImportedTemplate = z.strictObject({
  templateId: Id,
  name: z.string(),
  outcome: z.enum(['created', 'replaced', 'unchanged', 'kept']),
})
export type ImportedTemplate = z.infer<typeof ImportedTemplate>
export const TemplatesImported = z.strictObject({ items: z.array(ImportedTemplate) })
export type TemplatesImported = z.infer<typeof TemplatesImported>

/** The version that was read; what is named changes and nothing else. */
export const UpdateTemplateInput = z.strictObject({
  templateId: Id,
  version: z.int().min(1),
  name: Name.optional(),
  intent: Intent.nullable().optional(),
  language: Language.nullable().optional(),
  body: Body.optional(),
})
export type UpdateTemplateInput = z.infer<typeof UpdateTemplateInput>

export const ApproveTemplateInput = z.strictObject({ templateId: Id, version: z.int().min(1) })
export type ApproveTemplateInput = z.infer<typeof ApproveTemplateInput>

export const RenderTemplateInput = z.strictObject({
  templateId: Id,
  values: z.record(z.string().max(40), storableText(2_000)).default({}),
})
export type RenderTemplateInput = z.infer<typeof RenderTemplateInput>

/** The text with its values; what none was given for stays as it stands, and is named. */
export const RenderedTemplate = z.strictObject({ text: z.string(), missing: z.array(z.string()) })
export type RenderedTemplate = z.infer<typeof RenderedTemplate>

const variable = /\{\{[ \t]{0,3}([\p{L}\p{N}_-]{1,40})[ \t]{0,3}\}\}/gu

/** The names that stand in `{{…}}`: letters, digits, `_` and `-`, at most 40 of them. */
export function variablesOf(body: string): string[] {
  return [...new Set(Array.from(body.matchAll(variable), ([, name = '']) => name))]
}

/** Each variable is filled in once: a value that looks like a variable is text. */
export function renderTemplate(body: string, values: Readonly<Record<string, string>>): RenderedTemplate {
  const valueOf = (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined)
  const text = body.replace(variable, (whole, name: string) => valueOf(name) ?? whole)
  return { text, missing: variablesOf(body).filter((name) => valueOf(name) === undefined) }
}
