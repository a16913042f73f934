import { each, must, of, type Requirement } from './requirement.ts'

/** What comes in, what is done with it in which order, and how much of it. */
export const logicRequirements: readonly Requirement[] = [
  must(
    '1.2.4',
    'values reach the database as parameters; SQL that is made of text stands in few known places',
    of('structure/files', 'SQL that is made of text is made in these places alone'),
    of('db/retrieval', 'words that look like operators are words'),
    of('routers/inputs', 'no input makes the server stumble: never a 500'),
  ),
  must(
    '1.3.6',
    'nothing that a mail points at is fetched',
    of('agent/odd-mail', 'nothing that a mail points at is ever asked for'),
  ),
  must(
    '1.3.11',
    'no field of a reply becomes another header',
    of('adapters/mime-compose', 'no field becomes another header'),
  ),
  must(
    '1.3.12',
    'no pattern takes more than linear time over mail or input',
    of(
      'structure/patterns',
      'no pattern that meets mail or input takes more than linear time, so that no text holds the server up',
      'no pattern that meets whole mails is held up by a million hostile characters',
      'no pattern is made of what nobody knows beforehand',
    ),
  ),
  must(
    '2.2.1',
    'every input has a strict and bounded shape',
    of(
      'routers/inputs',
      'every procedure that is offered is known to these tests',
      each('$name refuses a key it does not know, and names it'),
      each('%s refuses %j with the field that is wrong'),
      each('no procedure takes %j for an object'),
    ),
    of('routers/auth', each('auth.%s refuses %o and names the field %s')),
  ),
  must(
    '2.2.2',
    'the server itself checks every input, whoever calls',
    of('routers/inputs', each('$name refuses a key it does not know, and names it')),
    of('http/app', each('a body that is %s is refused as invalid')),
  ),
  must(
    '15.3.3',
    'a body sets no field but those that are offered',
    of('routers/inputs', each('$name refuses a key it does not know, and names it')),
    of('routers/auth', '__proto__ in a body is refused with a field error and pollutes nothing'),
  ),
  must(
    '2.3.1',
    'nothing is sent that passed neither the gate nor its owner',
    of(
      'agent/policy',
      each('P7: one failing rule is enough to ask, and it is named: %s %s'),
      'whatever fails together, exactly those reasons come out',
    ),
    of('agent/pipeline-mode', 'whatever its steps say, a run that is for review only sends nothing'),
    of(
      'services/drafts',
      'an edit makes a new version, which needs its own approval',
      'a rejected draft is never sent, and the mail keeps the reason',
    ),
    of(
      'machines/asr-attacks',
      'whatever a model answers, nothing happens but drafts in the thread and replies to the sender',
    ),
  ),
  must(
    '2.3.3',
    'an approval and its send are stored together or not at all',
    of('jobs/queue', 'a job is there when its transaction commits', 'a rollback takes its job with it'),
    of(
      'services/sync/mailbox-sync-faults',
      'rows and cursor are one transaction: a failure after the rows takes them back',
    ),
    of(
      'machines/outbox-model',
      each('in the world “%s” every reply with one fault, and a sample with up to three, goes out once or not at all'),
    ),
  ),
  must(
    '2.3.4',
    'what there is once is given once, however many ask',
    of(
      'agent/double-booking',
      'of 32 replies that accept the same hour, approved one after the other, one goes out',
      each('an hour of a reply that is %s is not promised to somebody else, nor a part of it'),
    ),
    of('agent/double-booking.native', 'of 32 replies that hold the same hour, approved at once, exactly one goes out'),
    of(
      'services/sending/outbox-races.native',
      'of fifty approvals of one draft at once one wins: one outbox row, one mail',
    ),
  ),
  must(
    '15.4.2',
    'what is checked still holds when it is acted on',
    of('services/sending/automatic-dispatch', each('%o, said in the very moment before it is sent, does so too')),
    of(
      'services/sending/automatic-stop',
      'a stop that comes after the last look is seen by the very statement that begins to send',
    ),
    of(
      'services/sending/outbox-meddling',
      'an approval whose words were changed between the last look and the send does not let them out',
    ),
    of('services/trust', 'a rejection in the very moment before a reply is sent stops it'),
    of(
      'services/sending/outbox-races.native',
      'in a hundred races of a cancel against the dispatch, a cancel that was confirmed means nothing went out',
    ),
  ),
  must(
    '2.4.1',
    'log-in, sync, model and send are capped for each owner and in all',
    of(
      'security/limits',
      'P12: a hundred attempts at once on one account from one network: never more than the limit pass',
    ),
    of('routers/auth', 'registrations from one network are refused after a while'),
    of('adapters/quota', 'three processes on one mailbox together use its quota: at least 90 %, and never more'),
    of(
      'adapters/budget',
      'the budget in money is spent to its last cent and not beyond, from the first call of a day on',
      "the system's budget holds all owners together, and one owner's does not hold another",
    ),
    of('adapters/budget.native', "16 workers in 4 processes spend an owner's budget nearly whole, and never beyond it"),
    of('services/sending/automatic-dispatch', 'caps count what went out before, however it ended'),
    of('services/sending/automatic-caps.native', each('workers that send at the same moment keep within %o together')),
  ),
  must(
    '15.2.2',
    'costly work is bounded or waits its turn, and holds nobody else up',
    of(
      'security/password',
      'two are hashed at a time and 500 wait: whoever comes then is asked to come back, and nobody once they are done',
    ),
    of(
      'http/overload',
      'a server with all hands full says so at once and when to come again, and takes new calls when one is done',
      'calls of one address, or of one network, leave room for the others',
    ),
    of('adapters/mime-pool', 'a slow mail of one owner does not hold up the mail of another'),
    of('http/app', 'a body of 10 MB is refused, announced or not'),
    of('jobs/fairness.native', each('%i owners with %i waiting jobs each delay another by at most one round')),
  ),
]
