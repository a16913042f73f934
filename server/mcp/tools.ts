import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { z } from 'zod'
import {
  AnswerDraftInput,
  DraftInput,
  EditDraftInput,
  EmailInput,
  ListEmailsInput,
  ProcessEmailInput,
  RegenerateDraftInput,
  ThreadInput,
  type TokenScope,
} from '../../shared-types/index.ts'
import { appRouter, type AppRouter } from '../router.ts'
import { type ProcedureMeta, usualBodyBytes } from '../routers/trpc.ts'
import { tellDraft, tellDraftPage, tellEmail, tellEmailPage, tellRun, tellThread, tellWholeDraft } from './tell.ts'

/** What an assistant may ask for: a procedure of the API by another name, with less to say and less to be told. */
export interface Tool {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly procedure: string
  readonly input: z.ZodType
  /** What is told of the procedure's answer. */
  tell(output: unknown): object
}

/** At most so many mails or drafts at once. */
const mostItems = 50
const page = { limit: z.int().min(1).max(mostItems).default(20), cursor: ListEmailsInput.shape.cursor }

/** All there are. None sends, approves, rejects or sets anything: a test holds them against the router. */
export const tools: readonly Tool[] = [
  tool({
    name: 'search_emails',
    title: 'Search mail',
    description:
      'Lists mail, newest first, filtered by words (search), status, intent, thread and time. Each with the beginning of its newest draft. nextCursor gives the next page.',
    procedure: 'emails.list',
    input: ListEmailsInput.pick({
      search: true,
      status: true,
      intent: true,
      threadId: true,
      flow: true,
      receivedFrom: true,
      receivedTo: true,
    }).extend(page),
    tell: tellEmailPage,
  }),
  tool({
    name: 'get_email',
    title: 'Read a mail',
    description: 'One mail with its text, who it went to, what is attached, and what became of it.',
    procedure: 'emails.get',
    input: EmailInput,
    tell: tellEmail,
  }),
  tool({
    name: 'get_thread',
    title: 'Read a conversation',
    description: 'The newest messages of a thread in order, each with the beginning of its text.',
    procedure: 'emails.thread',
    input: ThreadInput,
    tell: tellThread,
  }),
  tool({
    name: 'list_review_queue',
    title: 'What waits for review',
    description:
      'The drafts that wait for the owner, each with how it begins, why it waits and what it asks the owner. get_draft gives the whole.',
    procedure: 'drafts.list',
    input: z.strictObject(page).transform((asked) => ({ ...asked, status: 'pending' as const })),
    tell: tellDraftPage,
  }),
  tool({
    name: 'get_draft',
    title: 'Read a draft',
    description: 'A draft with its words, its version, its open questions, and the mail it answers.',
    procedure: 'drafts.get',
    input: DraftInput,
    tell: tellWholeDraft,
  }),
  tool({
    name: 'request_draft',
    title: 'Ask for a draft',
    description:
      'ReasonFlow writes a reply to a mail, for the owner to review; it takes some seconds, and get_email then names the draft. instruction: what the reply is to say. replyAnyway: also where nothing seems to need an answer.',
    procedure: 'emails.process',
    input: ProcessEmailInput,
    tell: tellRun,
  }),
  tool({
    name: 'rewrite_draft',
    title: 'Have a draft written again',
    description:
      'Another draft takes the place of this one after some seconds, for the owner to review. instruction: what is to be different.',
    procedure: 'drafts.regenerate',
    input: RegenerateDraftInput.pick({ draftId: true, version: true, instruction: true }),
    tell: tellDraft,
  }),
  tool({
    name: 'edit_draft',
    title: 'Change the words of a draft',
    description:
      'Puts these words in place of a draft’s body. version is the one that was read: a draft that was changed since is left as it is.',
    procedure: 'drafts.edit',
    input: EditDraftInput.pick({ draftId: true, version: true, body: true }),
    tell: tellDraft,
  }),
  tool({
    name: 'answer_open_questions',
    title: 'Answer what a draft asks',
    description:
      'Gives the owner’s answers to open questions of a draft, by their ids; another draft is written with them, for the owner to review. Ask the owner, and never answer out of the mail or by guess.',
    procedure: 'drafts.answer',
    input: AnswerDraftInput,
    tell: tellDraft,
  }),
]

type Inputs = inferRouterInputs<AppRouter>
type Outputs = inferRouterOutputs<AppRouter>
type Path = { [R in keyof Outputs]: `${R}.${keyof Outputs[R] & string}` }[keyof Outputs]
type At<All, P extends Path> = P extends `${infer R}.${infer N}`
  ? R extends keyof All
    ? N extends keyof All[R]
      ? All[R][N]
      : never
    : never
  : never

/** Ties what is asked and told to what the procedure takes and answers. */
function tool<P extends Path>(
  entry: Omit<Tool, 'procedure' | 'input' | 'tell'> & {
    procedure: P
    input: z.ZodType<At<Inputs, P>>
    tell: (output: At<Outputs, P>) => object
  },
): Tool {
  return { ...entry, tell: (output) => entry.tell(output as At<Outputs, P>) }
}

interface Known {
  readonly type: string
  readonly meta?: ProcedureMeta
}

const procedures = appRouter._def.procedures as unknown as Record<string, { _def: Known } | undefined>

function definitionOf({ procedure }: Tool): Known {
  const found = procedures[procedure]
  if (!found) throw new Error(`there is no procedure ${procedure}`)
  return found._def
}

/** Whether it only reads. */
export function isReading(tool: Tool): boolean {
  return definitionOf(tool).type === 'query'
}

/** Those that a token of these scopes may use; the procedure asks again at each call. */
export function toolsFor(scopes: readonly TokenScope[]): readonly Tool[] {
  return tools.filter((tool) => {
    const wanted = definitionOf(tool).meta?.programs
    return wanted !== undefined && (scopes.includes('draft') || scopes.includes(wanted))
  })
}

/** The largest valid call, and what the protocol says around it. */
export const maxMessageBytes =
  Math.max(...tools.map((tool) => definitionOf(tool).meta?.maxBodyBytes ?? usualBodyBytes)) + usualBodyBytes
