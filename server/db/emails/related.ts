import { type Kysely, sql } from 'kysely'
import { toSql } from 'pgvector/kysely'
import type { DB } from '../engine/schema.ts'
import { type FoundEmail, type FoundThread, longestMessage, mostMessages, ownText } from './retrieval.ts'
import { anyWordQuery } from './search.ts'

/** What is compared: the meaning of a mail, where a vector of it can be had, and its rarer words. */
export interface Wanted {
  readonly vector: { readonly modelId: string; readonly values: readonly number[] } | null
  readonly words: readonly string[]
}

/**
 * Other threads that hold mail like this one, the best first, each with all its messages that every reader of the reply has
 * read as sender or named recipient. The filter stands before ranking and limit, and counts by message: a thread may
 * hold side mails. One statement.
 *
 * A mail's score is fused by reciprocal rank (k = 60): by meaning (cosine over exact search), by words, and by half as
 * much for its age among what these two found, since being new alone makes nothing related. A thread counts as its best
 * mail, a third of the next, a ninth of the one after it and so on: several hits tell more than one, and no number of
 * them outdoes a mail that is found in both ways by ones that are found in one.
 */
export async function findRelatedThreads(
  db: Kysely<DB>,
  userId: string,
  wanted: Wanted & { emailId: string; threadId: string; readers: readonly string[]; limit: number },
): Promise<FoundThread[]> {
  const { emailId, threadId } = wanted
  const readers = [...new Set(wanted.readers)]
  const { rows } = await sql<FoundEmail & { threadKey: string; earlierCount: number }>`
    with readable as materialized (
      select emails.id, emails.mailbox_id, emails.thread_id, emails.received_at from emails
      where emails.user_id = ${userId} and emails.id <> ${emailId} and emails.thread_id <> ${threadId}
        and emails.id in (
          select email_id from email_participants
          where user_id = ${userId} and address in (${sql.join(readers)}) and role in ('from', 'to', 'cc')
          group by email_id having count(distinct address) = ${readers.length}
        )
    ),
    found as (${likeWanted(userId, sql`readable`, wanted)}),
    ranked as (
      select readable.*, found.score + 0.5 / (60 + rank() over (order by readable.received_at desc)) as score
      from found join readable on readable.id = found.id
    ),
    placed as (
      select *, row_number() over (partition by mailbox_id, thread_id order by score desc) as place from ranked
    ),
    best as (
      select mailbox_id, thread_id, sum(score / power(3, place - 1)) as score, max(received_at) as newest
      from placed group by mailbox_id, thread_id
      order by score desc, newest desc, thread_id limit ${wanted.limit}
    ),
    messages as (
      select readable.id, best.*,
        row_number() over (thread order by readable.received_at desc, readable.id desc) as age,
        count(*) over thread as message_count
      from best join readable on readable.mailbox_id = best.mailbox_id and readable.thread_id = best.thread_id
      window thread as (partition by readable.mailbox_id, readable.thread_id)
    )
    select emails.id, emails.direction, emails.subject, emails.from_name, emails.received_at,
      left(emails.fresh_text, ${longestMessage}) as fresh_text, ${ownText} as own_text,
      emails.mailbox_id || ' ' || emails.thread_id as thread_key,
      greatest(messages.message_count - ${mostMessages}::integer, 0) as earlier_count
    from messages join emails on emails.user_id = ${userId} and emails.id = messages.id
    where messages.age <= ${mostMessages}
    order by messages.score desc, messages.newest desc, thread_key, emails.received_at, emails.id`.execute(db)
  const threads = Map.groupBy(rows, ({ threadKey }) => threadKey)
  return Array.from(threads.values(), (mails) => ({
    mails: mails.map(({ threadKey: _key, earlierCount: _count, ...mail }) => mail),
    earlierCount: mails[0]?.earlierCount ?? 0,
  }))
}

/** Of so many of the owner's newest mails. */
const mostReplies = 1_000
const longestExample = 1_000

/**
 * Replies that the owner wrote to others and that are like this mail, the best first. None is from a conversation that this
 * person has a part in, hidden or not: a side mail of it may well be about them. What went out through us is no example,
 * since a model wrote it. One statement.
 */
export async function findOwnReplies(
  db: Kysely<DB>,
  userId: string,
  wanted: Wanted & { person: string; limit: number },
): Promise<FoundEmail[]> {
  // Counted, since PostgreSQL would answer `not exists` by reading all mail that the person has a part in.
  const { rows } = await sql<FoundEmail>`
    with newest as materialized (
      select id, thread_id, received_at, in_reply_to is not null as is_reply,
        headers ->> 'x-reasonflow-outbox' is not null as is_ours
      from emails where user_id = ${userId} and direction = 'out'
      order by received_at desc limit ${mostReplies}
    ),
    replies as materialized (
      select id, received_at from newest
      where is_reply and not is_ours and (
        select count(*) from emails join email_participants as part
          on part.user_id = ${userId} and part.email_id = emails.id and part.address = ${wanted.person}
        where emails.user_id = ${userId} and emails.thread_id = newest.thread_id
      ) = 0
    ),
    found as (${likeWanted(userId, sql`replies`, wanted)})
    select emails.id, emails.direction, emails.subject, emails.from_name, emails.received_at,
      left(emails.fresh_text, ${longestExample}) as fresh_text, ${ownText} as own_text
    from found join emails on emails.user_id = ${userId} and emails.id = found.id
    where emails.fresh_text <> ''
    order by found.score desc, emails.received_at desc, emails.id limit ${wanted.limit}`.execute(db)
  return rows
}

/** The `id` of candidates that are like what is wanted, with their `score` by reciprocal rank; equals share a rank. */
function likeWanted(userId: string, candidates: ReturnType<typeof sql>, { vector, words }: Wanted) {
  const query = anyWordQuery(words)
  const none = sql`select null::uuid as id, 0 as place where false`
  // The literal is cast inside a subselect, or PostgreSQL would parse it again for every row.
  const nearest = vector
    ? sql`select candidate.id, rank() over (
            order by embeddings.embedding <=> (select ${toSql([...vector.values])}::text::halfvec(768))
          ) as place
          from ${candidates} as candidate join embeddings on embeddings.user_id = ${userId}
            and embeddings.email_id = candidate.id and embeddings.model_id = ${vector.modelId}
          order by place, candidate.received_at desc limit 20`
    : none
  const matching = query
    ? sql`select candidate.id, rank() over (order by ts_rank(emails.search, ${query}) desc) as place
          from ${candidates} as candidate join emails on emails.user_id = ${userId} and emails.id = candidate.id
          where emails.search @@ ${query}
          order by place, candidate.received_at desc limit 20`
    : none
  return sql`
    select id, sum(1.0 / (60 + place)) as score
    from ((${nearest}) union all (${matching})) as each_way
    group by id`
}
