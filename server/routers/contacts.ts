import {
  Contact,
  ContactEmailsInput,
  ContactInput,
  ContactPage,
  ContactsExported,
  ContactsImported,
  Done,
  EmailPage,
  ExportContactsInput,
  ImportContactsInput,
  ListContactsInput,
  MergeContactsInput,
  UpsertContactInput,
} from '../../shared-types/index.ts'
import { getContact, listContactEmails, listContacts } from '../db/emails/contact-book.ts'
import { deleteContact, upsertContact } from '../services/contacts/contacts.ts'
import { exportContacts } from '../services/contacts/export.ts'
import { importContacts } from '../services/contacts/import.ts'
import { mergeContacts } from '../services/contacts/merge.ts'
import { readProcedure, router, userProcedure } from './trpc.ts'

export const contactsRouter = router({
  list: readProcedure
    .input(ListContactsInput.prefault({}))
    .output(ContactPage)
    .query(({ ctx, input }) => listContacts(ctx.db, ctx.userId, input)),
  get: readProcedure
    .input(ContactInput)
    .output(Contact)
    .query(({ ctx, input }) => getContact(ctx.db, ctx.userId, input.contactId)),
  emails: readProcedure
    .input(ContactEmailsInput)
    .output(EmailPage)
    .query(({ ctx, input }) => listContactEmails(ctx.db, ctx.userId, input)),
  export: readProcedure
    .input(ExportContactsInput.prefault({}))
    .output(ContactsExported)
    .query(({ ctx, input }) => exportContacts(ctx, ctx.userId, input)),
  upsert: userProcedure
    // 10,000 characters of notes, each of up to six bytes in JSON.
    .meta({ maxBodyBytes: 70_000 })
    .input(UpsertContactInput)
    .output(Contact)
    .mutation(({ ctx, input }) => upsertContact(ctx, ctx.userId, input)),
  delete: userProcedure
    .input(ContactInput)
    .output(Done)
    .mutation(({ ctx, input }) => deleteContact(ctx, ctx.userId, input.contactId)),
  merge: userProcedure
    .input(MergeContactsInput)
    .output(Contact)
    .mutation(({ ctx, input }) => mergeContacts(ctx, ctx.userId, input)),
  import: userProcedure
    .meta({ maxBodyBytes: 1_000_000 })
    .input(ImportContactsInput)
    .output(ContactsImported)
    .mutation(({ ctx, input }) => importContacts(ctx, ctx.userId, input)),
})
