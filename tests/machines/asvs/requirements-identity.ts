import { each, must, of, type Requirement } from './requirement.ts'

const bounds =
  'a password of 8 to 128 characters is taken and counts to its last one, shorter and longer ones are refused'
const scopes = 'the consent page is asked for the least scopes, offline, with state, nonce and an S256 challenge'
const families =
  'however sign-ins, refreshes, replays, waits and logouts follow each other, each family behaves as its model'
const forged = each('a token is refused: %s')

/** Passwords, Google's word for who somebody is, sessions and tokens. */
export const identityRequirements: readonly Requirement[] = [
  must('6.2.1', 'a password has 8 characters or more', of('routers/auth', bounds)),
  must(
    '6.2.4',
    'the 3,000 commonest passwords are refused',
    of(
      'routers/auth',
      'each of the 3,000 commonest passwords of eight and more characters is refused, the longer and odder are not',
      each('a password that is %s is refused with what to do instead'),
    ),
  ),
  must(
    '6.2.8',
    'a password counts as it was typed: not cut, not folded, not replaced',
    of('security/password', 'a password differing only after its 72nd byte does not open the account'),
    of('routers/auth', bounds, 'half a character in a password is refused: it would be replaced, and open to others'),
  ),
  must('6.2.9', 'a password may have 64 characters and more', of('routers/auth', bounds)),
  must(
    '6.3.1',
    'guessing is slowed, and nobody is locked out by a stranger',
    of(
      'security/limits',
      'P12: a hundred attempts at once on one account from one network: never more than the limit pass',
      'one network may try many accounts only so often',
      'one account has a ceiling over all networks, however many there are',
      'who has proven to know the account is held up by nobody else, and guesses no more often than others',
    ),
    of(
      'routers/auth',
      'failed logins for one account from one network are refused after a while, told when to come back',
      'P14: a wrong password and an unknown user get the same answer',
    ),
    of(
      'machines/login-timing',
      'a failed sign-in takes as long with an address that has no account: no hash is left out',
    ),
    of('http/app', each('auth mutations are refused in the batch %s')),
  ),
  must(
    '11.4.2',
    'passwords are kept as argon2id, at its floor or above',
    of(
      'security/password',
      'a password is stored as argon2id at the ASVS floor, each time with a new salt',
      'a stored hash of another kind is an error, never a match',
    ),
    of('services/sessions', 'a hash of weaker parameters is renewed when its owner signs in'),
  ),
  must(
    '6.8.1',
    'a Google account is known by issuer and subject, never by its address',
    of(
      'services/mailbox-connection',
      'a mailbox linked to one user is refused to another, whatever address Google shows',
      'connecting the same Google account again renews the one mailbox and keeps its cursor',
    ),
    of('services/google-login', 'who signs in with Google again is the same owner, whatever their address has become'),
    of(
      'services/google-login-attacks',
      'P5: pre-hijacking, merge: a Google account of equal address does not join an account with a password',
      'an address that came to belong to another Google account does not open the account of who had it before',
      'a Google account that is only a mailbox signs nobody in',
    ),
    of('adapters/google-auth', each('%s is refused')),
  ),
  must(
    '10.1.2',
    'a code is taken only in the browser and session that asked for it',
    of(
      'services/mailbox-connection',
      each('a redirect %s links nothing and does not spend the true state'),
      'a consent begun in a session that has ended links nothing',
      "an attacker's state in the victim's browser links to nobody",
      "P4: a stranger's code with the victim's state and cookie is refused: PKCE and nonce are of another beginning",
    ),
    of(
      'services/google-login-attacks',
      "a log-in an attacker began does not end in the victim's browser",
      'a code of another beginning signs nobody in',
      'a link that was begun in a session that has ended meanwhile links nothing',
    ),
  ),
  must(
    '10.2.1',
    'a redirect that somebody else began is refused: state once, for ten minutes, and PKCE',
    of(
      'services/mailbox-connection',
      'a state works once',
      'a state used a hundred times at once links once',
      'a state older than ten minutes is refused',
    ),
    of('services/google-login-attacks', 'a state of a log-in works once, for ten minutes, and for nothing but that'),
    of('adapters/google-auth', scopes, each('the exchange refuses %s')),
  ),
  must(
    '10.2.3',
    'no more is asked of Google than is used',
    of('adapters/google-auth', scopes, 'a log-in asks who somebody is, and for nothing of theirs'),
  ),
  must(
    '10.5.1',
    'the nonce of an ID token is that of the request',
    of('adapters/google-auth', scopes, each('%s is refused'), 'claims changed after signing are refused'),
  ),
  must(
    '10.5.2',
    'the subject of an ID token is what names the account',
    of('adapters/google-auth', 'a true one is accepted', each('%s is refused')),
    of(
      'services/mailbox-connection',
      'a mailbox linked to one user is refused to another, whatever address Google shows',
    ),
  ),
  must('10.5.4', 'an ID token for another client is refused', of('adapters/google-auth', each('%s is refused'))),
  must(
    '7.4.1',
    'a session that was ended is good for nothing',
    of(
      'services/sessions',
      'after logout neither the refresh token nor a mutation works',
      'logging out with an expired access token still ends the session of the cookie',
    ),
    of('routers/sessions', 'a session that is revoked is good for nothing more, and no stranger’s can be'),
  ),
  must(
    '7.4.2',
    'with an account all its sessions end',
    of(
      'services/account-deletion',
      'from the first moment on nothing can be done with it, nor is anything done for it',
      'a session that begins in the very moment of the deletion is none',
    ),
    of('routers/auth', 'a valid token of a deleted user opens nothing'),
  ),
  must(
    '7.4.3',
    'a new password ends all other sessions',
    of(
      'routers/sessions',
      'a new password ends all sessions but the new one it answers, and the old password is wrong',
      'signing out everywhere ends every session, this one too',
    ),
    of(
      'services/password-resets',
      'whoever reads the mail of an account gets a new password, and every session and personal token ends',
    ),
  ),
  must(
    '10.4.5',
    'a refresh token is good once, and one that comes again ends its family',
    of(
      'services/sessions',
      'each refresh gives a new token of the same session, and the access token is a new one',
      'a hundred refreshes of one token at once give one successor',
      'P2: a used token that comes again after the grace ends the session and all its tokens',
      'a used token that comes again after its successor was used ends the session, even within the grace',
    ),
    of('machines/session-model', families),
  ),
  must(
    '10.4.8',
    'a session ends in the end, however busy',
    of(
      'services/sessions',
      'a session ends after thirty days, however busy',
      'a refresh token ends after seven idle days',
    ),
  ),
  must('9.1.1', 'a token whose signature is not ours is refused', of('security/access-token', forged)),
  must(
    '9.1.2',
    'one algorithm is taken, and never none',
    of('security/access-token', forged),
    of('config', each('%s is refused, in one line that names it')),
  ),
  must(
    '9.2.1',
    'a token is good from when to when it says',
    of(
      'security/access-token',
      'an access token speaks for the user and session it was signed for, until it expires',
      forged,
    ),
  ),
  must(
    '9.2.2',
    'a token of one kind is none of another',
    of('security/access-token', forged),
    of('services/sessions', 'an access token is no refresh token, and a refresh token no access token'),
    of(
      'routers/tokens',
      'it stands for no refresh token, in no cookie and in no body, and an access token stands for none',
    ),
  ),
  must('9.2.3', 'a token for another service is refused', of('security/access-token', forged)),
]
