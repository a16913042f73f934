import { each, must, of, type Requirement } from './requirement.ts'

/** Browsers, origins, proxies, and what the server itself may reach. */
export const webRequirements: readonly Requirement[] = [
  must(
    '3.3.1',
    'behind https every cookie is Secure and bound to the host',
    of(
      'http/cookies',
      'behind https the cookies are __Host-, Secure, HttpOnly and for the whole host',
      'with a frontend on https the cookies are Secure even when the proxy is not announced',
      'on http under any other host name the cookie is Secure, so that it never travels in the clear',
    ),
  ),
  must(
    '3.3.2',
    'a cookie says to which sites it travels',
    of('http/cookies', 'behind https the cookies are __Host-, Secure, HttpOnly and for the whole host'),
  ),
  must(
    '3.3.4',
    'no script reads the cookie of a session, nor is its value in an answer',
    of('http/cookies', 'behind https the cookies are __Host-, Secure, HttpOnly and for the whole host'),
    of('routers/auth', 'registering signs in: user, access token, and the refresh token in the cookie only'),
  ),
  must(
    '3.4.2',
    'only the origins that are listed may read answers',
    of(
      'http/app',
      each('a request from the origin %s is refused and may read nothing'),
      'a configured origin may call with credentials, its preflight included',
    ),
    of('config', each('%s is refused, in one line that names it')),
  ),
  must(
    '3.5.1',
    'no foreign page can make a browser act for its owner',
    of(
      'http/app',
      each('a request from the origin %s is refused and may read nothing'),
      each('%s refuses a post of type "%s" and changes nothing'),
    ),
  ),
  must(
    '3.5.2',
    'no call that needs a preflight can be made without one',
    of('http/app', each('%s refuses a post of type "%s" and changes nothing')),
  ),
  must(
    '3.5.3',
    'GET changes nothing',
    of('http/app', each('GET does not reach the mutation %s'), each('%s is not supported')),
  ),
  must(
    '3.7.2',
    'a browser is sent on to listed pages alone',
    of(
      'services/mailbox-connection',
      each('the page %j after the consent is refused'),
      each('the page %j of the frontend may be come back to'),
    ),
  ),
  must(
    '14.2.1',
    'no address carries a secret, and no referer hands one on',
    of(
      'services/mailbox-connection',
      'a consent ends in a connected mailbox with sealed tokens and its first sync enqueued',
      'no code, state or token reaches the log',
    ),
    of('http/app', 'the security headers are set and the server does not name its software'),
  ),
  must(
    '4.1.3',
    'a header that only a proxy may set is believed from that proxy alone',
    of(
      'http/cookies',
      'a forged X-Forwarded-For dodges no limit when no proxy is trusted',
      'without a token metrics are for this machine, and for nobody behind a proxy, announced or not',
    ),
  ),
  must(
    '15.3.4',
    'the address of a caller is the true one, behind a proxy too',
    of(
      'http/cookies',
      'a forged X-Forwarded-For dodges no limit when no proxy is trusted',
      'strangers from many networks slow each other down and never lock the owner out',
    ),
    of(
      'http/refused-logins',
      'a refused log-in is told with its address, its reason and a name for the account that only the key tells',
    ),
  ),
  must(
    '4.4.2',
    'the stream of events is opened by listed origins alone',
    of(
      'http/notification-stream',
      'a stream is opened by pages of listed origins alone, and nothing on the way keeps it',
    ),
  ),
  must(
    '4.4.3',
    'the stream of events takes the token of a session that lives, from its header, and ends with it',
    of(
      'http/notification-stream',
      'a token opens a stream from the Authorization header alone, never from the address or a cookie',
      'whoever signs out hears nothing more, and is told so',
      'a session that ended is noticed when nothing new comes too',
      'when its access token expires a stream ends, and goes on with the new one',
    ),
  ),
  must(
    '13.2.4',
    'the server speaks to listed services alone',
    of('structure/files', 'connections to elsewhere begin in these files alone'),
    of('agent/odd-mail', 'nothing that a mail points at is ever asked for'),
  ),
]
