import { z } from 'zod'
import { Id, Instant, pageInput, pageOf } from './page.ts'

/** What is done with each of its mails: sorted again, or worked on as `emails.process` does. */
export const BatchKind = z.enum(['classify', 'process'])
export type BatchKind = z.infer<typeof BatchKind>

/** It ends `cancelled` where a mail of it was not begun because of that. */
export const BatchStatus = z.enum(['running', 'completed', 'cancelled'])
export type BatchStatus = z.infer<typeof BatchStatus>

export const BatchItemStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled'])
export type BatchItemStatus = z.infer<typeof BatchItemStatus>

/** Why nothing came of a mail: what a call for it alone would be refused with, or `RUN_FAILED` for its run. */
export const BatchItemReason = z.enum([
  'NOT_FOUND',
  'EMAIL_NOT_INBOUND',
  'EMAIL_IN_PROGRESS',
  'EMAIL_ALREADY_APPROVED',
  'EMAIL_ALREADY_SENT',
  'SEND_UNRESOLVED',
  'RUN_FAILED',
])
export type BatchItemReason = z.infer<typeof BatchItemReason>

export const batchLimits = { classify: 100, process: 50 } as const

/** A mail that is named twice counts once: nobody wants it done twice. */
export const ClassifyBatchInput = z.strictObject({ emailIds: z.array(Id).min(1).max(batchLimits.classify) })
export const ProcessBatchInput = z.strictObject({ emailIds: z.array(Id).min(1).max(batchLimits.process) })

export const BatchInput = z.strictObject({ batchId: Id })

export const ListBatchesInput = z.strictObject({ ...pageInput })
export type ListBatchesInput = z.infer<typeof ListBatchesInput>

/** `processed` are those that succeeded or failed. Mail that is deleted is counted nowhere any more. */
export const BatchSummary = z.strictObject({
  id: Id,
  kind: BatchKind,
  status: BatchStatus,
  total: z.int(),
  processed: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  createdAt: Instant,
  finishedAt: Instant.nullable(),
})
export type BatchSummary = z.infer<typeof BatchSummary>
export const BatchPage = pageOf(BatchSummary)
export type BatchPage = z.infer<typeof BatchPage>

export const BatchItem = z.strictObject({
  emailId: Id,
  status: BatchItemStatus,
  error: z.strictObject({ reason: BatchItemReason, message: z.string() }).nullable(),
})
export type BatchItem = z.infer<typeof BatchItem>

/** With its mails, in the order in which they were named. */
export const Batch = BatchSummary.extend({ items: z.array(BatchItem) })
export type Batch = z.infer<typeof Batch>
