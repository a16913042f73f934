/**
 * Gmail's quota units a call (developers.google.com/workspace/gmail/api/reference/quota). Those of history.list,
 * messages.list, messages.get, threads.get and drafts.send as of May 2026, the others from the table before it,
 * unverified against live Google.
 */
export const quotaUnits = {
  'users.getProfile': 1,
  'labels.list': 1,
  'history.list': 2,
  'messages.list': 5,
  'messages.get': 20,
  'threads.get': 40,
  'drafts.get': 5,
  'drafts.list': 5,
  'drafts.create': 10,
  'drafts.delete': 10,
  'drafts.send': 100,
  'users.watch': 100,
  'users.stop': 50,
} as const
