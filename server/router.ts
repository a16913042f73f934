import { auditRouter } from './routers/audit.ts'
import { authRouter } from './routers/auth.ts'
import { batchesRouter } from './routers/batches.ts'
import { calendarRouter } from './routers/calendar.ts'
import { contactsRouter } from './routers/contacts.ts'
import { draftsRouter } from './routers/drafts.ts'
import { emailsRouter } from './routers/emails.ts'
import { mailboxesRouter } from './routers/mailboxes.ts'
import { metricsRouter } from './routers/metrics.ts'
import { notificationsRouter } from './routers/notifications.ts'
import { settingsRouter } from './routers/settings.ts'
import { templatesRouter } from './routers/templates.ts'
import { tracesRouter } from './routers/traces.ts'
import { trustRouter } from './routers/trust.ts'
import { router } from './routers/trpc.ts'

export const appRouter = router({
  auth: authRouter,
  mailboxes: mailboxesRouter,
  emails: emailsRouter,
  drafts: draftsRouter,
  batches: batchesRouter,
  contacts: contactsRouter,
  calendar: calendarRouter,
  templates: templatesRouter,
  traces: tracesRouter,
  metrics: metricsRouter,
  settings: settingsRouter,
  trust: trustRouter,
  notifications: notificationsRouter,
  audit: auditRouter,
})

/** What a frontend imports: types only. */
export type AppRouter = typeof appRouter
