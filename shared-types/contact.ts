import { z } from 'zod'
import { ErrorReason } from './errors.ts'
import { Id, Instant, pageInput, pageOf } from './page.ts'
import { storableText } from './text.ts'

/** Who wrote it: a mail's header, the owner, or a file they imported. */
export const ContactSource = z.enum(['mail', 'owner', 'import'])
export type ContactSource = z.infer<typeof ContactSource>

/** The most that one contact holds; an import is measured by the same. */
export const contactLimits = { address: 320, name: 200, company: 200, notes: 10_000, otherAddresses: 50 } as const
/** Of one file. */
export const maxImportLines = 10_000
export const maxImportCharacters = 1_000_000

/** On one line. */
const line = (max: number) =>
  storableText(max)
    .overwrite((text) => text.replace(/\s+/g, ' '))
    .trim()

const ContactItem = z.strictObject({
  id: Id,
  name: z.string(),
  /** As mail headers have it: small letters, the domain as it is asked for. */
  address: z.string(),
  /** Of the same person; a mail from any of them is theirs. */
  otherAddresses: z.array(z.string()),
  company: z.string().nullable(),
  /** Null where nobody wrote anything. A mail never changes what the owner or an import wrote. */
  sources: z.strictObject({
    name: ContactSource,
    company: ContactSource.nullable(),
    notes: ContactSource.nullable(),
  }),
  /** When the owner wrote to them last through ReasonFlow. */
  lastContactedAt: Instant.nullable(),
  /** Rises with every change but that of `lastContactedAt`. */
  version: z.int(),
  createdAt: Instant,
  updatedAt: Instant,
})
export type ContactItem = z.infer<typeof ContactItem>

export const Contact = ContactItem.extend({ notes: z.string().nullable() })
export type Contact = z.infer<typeof Contact>

export const ListContactsInput = z.strictObject({
  ...pageInput,
  /** Each word must stand in the name, an address, the company or the notes: as it is, but for case and accents. */
  search: storableText(200).min(1).optional(),
  /** `lastContact`: the newest first, and those never written to last. */
  orderBy: z.enum(['name', 'lastContact']).default('name'),
})
export type ListContactsInput = z.infer<typeof ListContactsInput>
export const ContactPage = pageOf(ContactItem)
export type ContactPage = z.infer<typeof ContactPage>

export const ContactInput = z.strictObject({ contactId: Id })
export const ContactEmailsInput = z.strictObject({ ...pageInput, contactId: Id })
export type ContactEmailsInput = z.infer<typeof ContactEmailsInput>

/** By `address`, which makes the contact where there is none; or by id and the version that was read. */
export const UpsertContactInput = z
  .strictObject({
    address: storableText(contactLimits.address).trim().min(1).optional(),
    contactId: Id.optional(),
    version: z.int().min(1).optional(),
    name: line(contactLimits.name).optional(),
    company: line(contactLimits.company).min(1).nullable().optional(),
    notes: storableText(contactLimits.notes).trim().min(1).nullable().optional(),
  })
  .refine(
    ({ address, contactId, version }) =>
      address === undefined ? contactId !== undefined && version !== undefined : (contactId ?? version) === undefined,
    { path: ['address'], error: 'name the contact by its address, or by contactId and version' },
  )
  .meta({ examples: [{ address: 'ada@engine.example', name: 'Ada Byron' }] })
export type UpsertContactInput = z.infer<typeof UpsertContactInput>

/** `intoId` stays, with what it lacks from the others in their order. */
export const MergeContactsInput = z
  .strictObject({ intoId: Id, fromIds: z.array(Id).min(1).max(20) })
  .refine(({ fromIds }) => new Set(fromIds).size === fromIds.length, {
    path: ['fromIds'],
    error: 'names a contact twice',
  })
  .refine(({ intoId, fromIds }) => !fromIds.includes(intoId), {
    path: ['fromIds'],
    error: 'names the contact that is to stay',
  })
  .meta({
    examples: [{ intoId: '0b8f2f5e-6c1d-4a3e-9f47-2d5c8e1a7b60', fromIds: ['7d1f0c3a-52be-4c8e-8a90-64e3b7c2d915'] }],
  })
export type MergeContactsInput = z.infer<typeof MergeContactsInput>

/** A table as Google Contacts, Outlook or `contacts.export` write it; its first line names the columns. */
export const ImportContactsInput = z.strictObject({ csv: z.string().max(maxImportCharacters) })
export type ImportContactsInput = z.infer<typeof ImportContactsInput>

/** What became of one line; of a refused one, why. */
export const ImportedLine = z.strictObject({
  /** Counted from 1, the line of the column names; of an entry over several lines the first. */
  line: z.int(),
  outcome: z.enum(['created', 'updated', 'unchanged', 'refused']),
  contactId: Id.nullable(),
  address: z.string().nullable(),
  reason: ErrorReason.nullable(),
  message: z.string().nullable(),
})
export type ImportedLine = z.infer<typeof ImportedLine>

export const ContactsImported = z.strictObject({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  refused: z.int(),
  lines: z.array(ImportedLine),
})
export type ContactsImported = z.infer<typeof ContactsImported>

export const ExportContactsInput = z.strictObject({ cursor: pageInput.cursor })
export type ExportContactsInput = z.infer<typeof ExportContactsInput>

/** A file of its own that `contacts.import` takes; many contacts come in several. */
export const ContactsExported = z.strictObject({
  csv: z.string(),
  count: z.int(),
  nextCursor: z.string().nullable(),
})
export type ContactsExported = z.infer<typeof ContactsExported>
