import { each, must, of, type Requirement } from './requirement.ts'

const othersStayApart = of('machines/tenants', 'whoever calls whatever, nothing of one owner shows to another')
const logged = of(
  'http/log-canaries',
  'from sync to send, and where each fails, the log at its most talkative holds no mail, no address and no secret',
)

/** Who may touch what, secrets and what is sealed with them, failures, and the log. */
export const dataRequirements: readonly Requirement[] = [
  must(
    '8.2.2',
    'what belongs to another owner looks like what is not there',
    othersStayApart,
    of('db/ownership', 'the database refuses a child row whose parent belongs to another owner'),
    of('services/drafts', 'another owner’s draft answers exactly like one that does not exist'),
  ),
  must(
    '8.2.3',
    'of an object only the fields that are offered can be read or set',
    othersStayApart,
    of(
      'routers/inputs',
      each('$name refuses a key it does not know, and names it'),
      'every procedure says what it answers, and answers nothing else',
    ),
  ),
  must(
    '8.3.2',
    'what is withdrawn or switched off holds at once, for work that waits as well',
    of(
      'services/sending/automatic-dispatch',
      each('%o, said in the undo window, brings the reply back to review'),
      each('%o, said in the very moment before it is sent, does so too'),
    ),
    of(
      'services/mailbox-disconnection',
      'between the last look and the point of no return a disconnection still holds the reply back',
      'nothing works on a disconnected mailbox',
    ),
    of(
      'agent/odd-mail',
      each('when %s while a reply is being sent, it is not sent, waits in review, and no draft stays in Gmail'),
    ),
  ),
  must(
    '8.4.1',
    'no tenant touches another, not even where one layer fails',
    othersStayApart,
    of(
      'db/ownership',
      'every table carries its owner, first in its primary key, or is exempt by name',
      'every foreign key between owner tables begins with the owner on both sides',
      'the database refuses a child row whose parent belongs to another owner',
    ),
  ),
  must(
    '11.2.2',
    'keys are changed while everything runs',
    of(
      'services/key-rotation',
      'a hundred readers notice nothing of a rotation, and afterwards the new key alone opens every token',
      'a token that is renewed during a rotation is stored',
    ),
    of(
      'security/encryption',
      'after a rotation old values open, new ones use the new key, and a retired key opens nothing',
    ),
  ),
  must(
    '11.3.2',
    'secrets are sealed with a cipher that shows every change',
    of(
      'security/encryption',
      'a sealed secret opens in its own row and does not show in the blob',
      'every flipped byte is refused',
    ),
    of('adapters/google-tokens', 'tokens stand sealed in the row, never in plain'),
  ),
  must(
    '11.3.3',
    'what was sealed is not to be changed, cut or moved unseen',
    of(
      'security/encryption',
      'every flipped byte is refused',
      'every truncation is refused, and so is plaintext',
      each('P13: a blob moved to another %s is refused'),
      'moving letters between neighbouring parts of the row does not open it',
    ),
  ),
  must(
    '11.3.4',
    'no nonce is used twice under one key',
    of(
      'security/encryption',
      'no two blobs share a nonce',
      'each secret has a data key of its own: the wrapped key of one opens no other, not even in the same row',
    ),
  ),
  must(
    '11.5.1',
    'what nobody may guess has 128 random bits or more, of a source that is made for it',
    of('structure/files', 'what nobody may guess comes from the random source of node:crypto'),
    of('services/sessions', 'each refresh gives a new token of the same session, and the access token is a new one'),
    of('routers/mailboxes', 'the consent page is asked for with a state that only its hash of is stored'),
  ),
  must(
    '13.1.3',
    'for every service outside deadline, tries and pool are written down',
    of(
      'structure/outside-services',
      'deadlines, tries and pools of every service outside are written down, as the code has them',
    ),
  ),
  must(
    '13.2.6',
    'every service outside is asked within its deadline, tries and pool',
    of(
      'adapters/gmail-reading',
      'a read that is never answered is tried again after its deadline',
      each('%s means %s, after %i tries'),
    ),
    of('adapters/google-auth', each('a refresh that fails in passing is one request and costs no grant: %s')),
    of(
      'adapters/circuit',
      each('after ten calls that end as %s the service is not asked any more, and says when it will be'),
    ),
    of(
      'machines/faults-model',
      each('when a model of $vendor answers $call with $behaviour nothing is made up, and all else goes on'),
    ),
    of(
      'process/outage-work.native',
      'with all its connections taken the server says so, answers 503 within seconds, and works on when they are free',
    ),
  ),
  must(
    '16.5.1',
    'an error tells its caller nothing of the inside',
    of(
      'http/health',
      'a bug is answered with nothing but a request id, and logged whole',
      'with a dead database health is 503, calls are UNAVAILABLE, and no answer names a driver or a statement',
    ),
  ),
  must(
    '16.5.2',
    'what is outside may fail, and the rest goes on',
    of(
      'services/model-down',
      'with the model down mail still comes in, is found and reviewed, and Gemini is left alone until it is back',
    ),
    of('http/health', 'a queue that is down degrades, and reading still works'),
    of(
      'machines/faults-model',
      each('when a model of $vendor answers $call with $behaviour nothing is made up, and all else goes on'),
    ),
  ),
  must(
    '16.5.3',
    'where something fails nothing is let through',
    of('agent/pipeline-failures', each('%s is refused, and the mail waits for its owner')),
    of('services/sending/outbox-failures', 'when the thread cannot be read, nothing is sent and nothing is given up'),
    of('services/sending/read-back', 'while the draft cannot be read back it is not sent'),
    of('adapters/google-calendar', each('a calendar that cannot be read is not taken for free: %s')),
    of(
      'http/gmail-push',
      'while Google’s certificates cannot be read nobody is believed, and Pub/Sub is asked to come again',
    ),
  ),
  must(
    '13.3.1',
    'no start on secrets that are missing, short, equal or those of the example',
    of(
      'config',
      each('%s is refused, in one line that names it'),
      'an example copied by hand does not start: its secrets are placeholders',
      'no problem repeats a secret',
    ),
    of('kept-secrets', 'production makes no secrets, nor takes those that were made'),
  ),
  must(
    '14.2.7',
    'what is deleted is gone, in every table and queue',
    of(
      'services/account-deletion',
      'an account that was deleted has left no row in any table or queue, but for a tombstone, and others are as they were',
      'every table that carries an owner goes with its user',
    ),
    of(
      'services/mailbox-removal',
      'with its mail deleted nothing is left of a mailbox, in some steps, and another’s stays',
    ),
    of(
      'services/mailbox-disconnection',
      'a mailbox that is disconnected has no tokens, its watch and grant end at Google, and its mail stays',
    ),
  ),
  must(
    '16.2.5',
    'no token, password, mail or prompt is logged',
    logged,
    of('http/app', 'the request log has method, path, status and time, and neither query, cookie, token nor password'),
    of('http/logger', 'secrets are replaced at every depth, in lists, children and every way of writing their name'),
    of(
      'adapters/otel',
      'a question to the model is told by the conventions for generative AI: how much, and never what',
    ),
  ),
  must(
    '16.3.1',
    'who signs in, or fails to, is recorded',
    of(
      'http/refused-logins',
      'a refused log-in is told with its address, its reason and a name for the account that only the key tells',
      'a log-in beyond the limit is told as limited',
    ),
    of('services/audit', 'what happens to an account is told newest first, with the network it came from'),
  ),
  must(
    '16.3.2',
    'a call that is refused is recorded',
    of('http/app', 'a call that is refused is told in the log with its reason'),
  ),
]
