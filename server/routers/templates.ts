import {
  ApproveTemplateInput,
  CreateTemplateInput,
  Done,
  ExportTemplatesInput,
  ImportTemplatesInput,
  ListTemplatesInput,
  RenderedTemplate,
  RenderTemplateInput,
  Template,
  TemplateInput,
  TemplatePage,
  TemplatesExported,
  TemplatesImported,
  UpdateTemplateInput,
} from '../../shared-types/index.ts'
import { exportTemplates, getTemplate, listTemplates } from '../db/sending/templates.ts'
import {
  approveTemplate,
  createTemplate,
  deleteTemplate,
  importTemplates,
  render,
  updateTemplate,
} from '../services/templates.ts'
import { readProcedure, router, userProcedure } from './trpc.ts'

/** 10,000 characters, each of up to six bytes in JSON. */
const maxBodyBytes = 70_000

export const templatesRouter = router({
  list: readProcedure
    .input(ListTemplatesInput.prefault({}))
    .output(TemplatePage)
    .query(({ ctx, input }) => listTemplates(ctx.db, ctx.userId, input)),
  get: readProcedure
    .input(TemplateInput)
    .output(Template)
    .query(({ ctx, input }) => getTemplate(ctx.db, ctx.userId, input.templateId)),
  render: readProcedure
    .input(RenderTemplateInput)
    .output(RenderedTemplate)
    .query(({ ctx, input }) => render(ctx, ctx.userId, input)),
  export: readProcedure
    .input(ExportTemplatesInput.prefault({}))
    .output(TemplatesExported)
    .query(({ ctx, input }) => exportTemplates(ctx.db, ctx.userId, input.cursor)),
  import: userProcedure
    .meta({ maxBodyBytes: 1_000_000 })
    .input(ImportTemplatesInput)
    .output(TemplatesImported)
    .mutation(({ ctx, input }) => importTemplates(ctx, ctx.userId, input)),
  create: userProcedure
    .meta({ maxBodyBytes })
    .input(CreateTemplateInput)
    .output(Template)
    .mutation(({ ctx, input }) => createTemplate(ctx, ctx.userId, input)),
  update: userProcedure
    .meta({ maxBodyBytes })
    .input(UpdateTemplateInput)
    .output(Template)
    .mutation(({ ctx, input }) => updateTemplate(ctx, ctx.userId, input)),
  delete: userProcedure
    .input(TemplateInput)
    .output(Done)
    .mutation(({ ctx, input }) => deleteTemplate(ctx, ctx.userId, input.templateId)),
  approve: userProcedure
    .input(ApproveTemplateInput)
    .output(Template)
    .mutation(({ ctx, input }) => approveTemplate(ctx, ctx.userId, input)),
})
