import { forum, nadia, wendelin } from './people.ts'
import { from, letter, open, settled, thread, type Thread } from './script.ts'
import type { World } from './world.ts'

const longSubject =
  'Guest lecture in the module “Everyday Things and Why They Annoy Us” (winter programme, second attempt, since my ' +
  'first mail about the guest lecture probably drowned in our own spam filter, which I am told was designed by a ' +
  'former student of mine)'

/** Ordinary mail in unusual dress. */
export function oddThreads({ ago }: World): Thread[] {
  return [
    thread('guest-lecture', longSubject, [
      from(
        wendelin,
        ago(5, '09:04'),
        open('inquiry'),
        letter`
          Dear Ms Lindqvist,

          everything important is already in the subject line, my wife says that is my whole problem.
          Would you give a guest lecture of 60 minutes to our third-year students? We can pay your train
          and 400 euros. Would that be acceptable, and what would you call your lecture?

          With kind regards,
          Wendelin Achterberg
          Kunsthochschule Ostsee
        `,
      ),
    ]),
    thread('forum-talk', 'Would you speak at Formwerk Forum?', [
      from(
        forum,
        ago(3, '16:30'),
        open('inquiry'),
        letter`
          Dear Mara,

          your talk about signs nobody reads is still quoted in our office kitchen (next to a sign nobody
          reads). Would you speak at this year's Formwerk Forum, 25 minutes plus questions? We pay travel,
          two nights and a fee of 900 euros.

          This address is shared by the whole team, so please answer to me directly, I have set the
          reply address accordingly. What would you need from us to say yes?

          Juno Adeyemi
          Programme, Formwerk Forum
        `,
        { replyTo: 'Juno Adeyemi <juno.adeyemi@formwerk-forum.example>' },
      ),
    ]),
    thread('lumen-thanks', 'Thank you for the workshop', [
      from(
        nadia,
        ago(14, '19:20'),
        settled('other'),
        letter`
          Dear Mara,

          just a quick thank you for Saturday. Fourteen children, one stapler, no injuries: a record.
          The paper prototypes are drying on my windowsill.

          Nadia
        `,
      ),
    ]),
  ]
}
