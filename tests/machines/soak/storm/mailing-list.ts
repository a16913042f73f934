import type { Random } from '../../../support/seeded-random.ts'
import type { Correspondent } from './correspondents.ts'
import { type Letter, newMessageId, type Received } from './letter.ts'

/** Hands every mail on to all members, the writer too; some lists write in their own name, some name each reader. */
export interface MailingList extends Correspondent {
  redistribute(post: Pick<Letter, 'from' | 'subject' | 'text' | 'messageId'>, random: Random): readonly Letter[]
}

/** `members` are the tenants: whoever else reads along is nobody's loop. */
export function mailingList(address: string, members: readonly string[]): MailingList {
  const headers = [`List-Id: <${address.replace('@', '.')}>`, `List-Post: <mailto:${address}>`, 'Precedence: list']

  function redistribute(post: Pick<Letter, 'from' | 'subject' | 'text' | 'messageId'>, random: Random): Letter[] {
    const isRewritten = random.chance(0.5)
    const isPersonal = random.chance(0.5)
    const from = isRewritten ? `"${post.from.split(' <')[0]} via the list" <${address}>` : post.from
    return members.map((recipient) => {
      return { ...post, recipient, to: isPersonal ? recipient : address, from, headers: withoutSome(headers, random) }
    })
  }

  return {
    person: `Engines <${address}>`,
    redistribute,
    answer: ({ sender, subject }: Received, random) =>
      redistribute(
        { from: sender, subject, text: 'A mail to the list.', messageId: newMessageId('list.example') },
        random,
      ),
  }
}

/** Not every list sets them all; one List header at least. */
function withoutSome(headers: readonly string[], random: Random): string[] {
  return headers.filter((_, index) => index === 0 || random.chance(0.5))
}
