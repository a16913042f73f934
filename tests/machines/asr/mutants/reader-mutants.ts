import type { SourceMutant } from './source-mutant.ts'

const retrieval = 'server/db/emails/retrieval.ts'
const related = 'server/db/emails/related.ts'
const retrieve = 'server/agent/steps/retrieve.ts'
const decide = 'server/agent/steps/decide.ts'
const templates = 'server/db/sending/templates.ts'
const named = `role in ('from', 'to', 'cc')
          group by email_id having count(distinct address) = \${readers.length}`
const historyReaders = `    .where((eb) => eb.and(wanted.readers.map((address) => eb.exists(readerOf(eb, address)))))
`
const lookUps = `return input.settings.freeBusyShareable ? ['templates', 'availability'] : ['templates']`

/** A guard taken away, and the machine that shows it. */
export interface ReaderMutant extends SourceMutant {
  readonly shownBy: 'echo' | 'pairs'
}

/** What keeps from a correspondent what they may not know, each guard taken away in turn. */
export const readerMutants: readonly ReaderMutant[] = [
  {
    name: 'related mail is looked for among everybody’s',
    shownBy: 'echo',
    file: related,
    find: `and address in (\${sql.join(readers)}) and ${named}`,
    replace: `and role in ('from', 'to', 'cc')`,
  },
  {
    name: 'related mail may name the reader in Bcc',
    shownBy: 'echo',
    file: related,
    find: named,
    replace: named.replace(`'cc')`, `'cc', 'bcc')`),
  },
  {
    name: 'one of several readers is enough for related mail',
    shownBy: 'echo',
    file: related,
    find: 'having count(distinct address) = ${readers.length}',
    replace: 'having count(distinct address) >= 1',
  },
  { name: 'the whole thread is its history', shownBy: 'echo', file: retrieval, find: historyReaders, replace: '' },
  {
    name: 'one of several readers is enough for a thread’s history',
    shownBy: 'echo',
    file: retrieval,
    find: historyReaders,
    replace: historyReaders.replace('eb.and(', 'eb.or('),
  },
  {
    name: 'a reader in Bcc has read the thread',
    shownBy: 'echo',
    file: retrieval,
    find: `['from', 'to', 'cc'])
    .select('reader.role')`,
    replace: `['from', 'to', 'cc', 'bcc'])
    .select('reader.role')`,
  },
  {
    name: 'mail that the correspondent could not read settles theirs',
    shownBy: 'pairs',
    file: retrieval,
    find: `    .where((eb) => eb.exists(readerOf(eb, mail.fromAddress)))
`,
    replace: '',
  },
  {
    name: 'mail to somebody else answers theirs',
    shownBy: 'pairs',
    file: 'server/db/emails/unanswered.ts',
    find: `            .where((answer) => answer.exists(readerOfAnswer(answer, fromAddress)))
`,
    replace: '',
  },
  {
    name: 'a quotation is compared with mail to others',
    shownBy: 'pairs',
    file: 'server/db/emails/thread-texts.ts',
    find: `    .where((eb) => eb.exists(readerOf(eb, email.fromAddress)))
`,
    replace: '',
  },
  {
    name: 'mail sorted by its owner is an example to everybody',
    shownBy: 'echo',
    file: 'server/db/emails/corrections.ts',
    find: `    .where((eb) => eb.exists(readerOf(eb, reader)))
`,
    replace: '',
  },
  {
    name: 'private notes are told',
    shownBy: 'echo',
    file: retrieve,
    find: 'shareable || !maySend',
    replace: 'shareable || true',
  },
  {
    name: 'replies to others are examples where nobody reads the draft first',
    shownBy: 'echo',
    file: retrieve,
    find: 'maySend || readers.length > 1',
    replace: 'readers.length > 1',
  },
  {
    name: 'replies to others are examples for a reply that somebody else gets',
    shownBy: 'echo',
    file: retrieve,
    find: 'maySend || readers.length > 1',
    replace: 'maySend',
  },
  {
    name: 'notes are numbered with the private ones',
    shownBy: 'pairs',
    file: retrieve,
    find: '`note:${index}`',
    replace: '`note:${settings.notes.indexOf(note) + 0 * index}`',
  },
  {
    name: 'contacts are looked up for a reply that may go out unread',
    shownBy: 'echo',
    file: decide,
    find: lookUps,
    replace: `return ['contact', 'templates', ...(input.settings.freeBusyShareable ? (['availability'] as const) : [])]`,
  },
  {
    name: 'free times are told without consent',
    shownBy: 'echo',
    file: decide,
    find: lookUps,
    replace: `return ['templates', 'availability']`,
  },
  {
    name: 'templates need no approval',
    shownBy: 'echo',
    file: 'server/agent/tools/templates.ts',
    find: `isApproved: gate?.mode === 'maySend'`,
    replace: 'isApproved: gate === null',
  },
  {
    name: 'an approval stands for every version of a template',
    shownBy: 'echo',
    file: templates,
    find: `query.whereRef('approvedVersion', '=', 'version')`,
    replace: `query.where('approvedVersion', 'is not', null)`,
  },
  {
    name: 'templates of all tenants are one',
    shownBy: 'echo',
    file: templates,
    find: `    .where('userId', '=', userId)
    .where((eb) => eb.or([eb('intent'`,
    replace: `    .where((eb) => eb.or([eb('intent'`,
  },
]
