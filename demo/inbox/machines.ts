import { pdf } from './parts.ts'
import { henrik, type Person } from './people.ts'
import { from, letter, settled, thread, to, type Thread } from './script.ts'
import type { World } from './world.ts'

/** Mail nobody wrote by hand: newsletters, a bounce, an absence note, notifications. */
export function machineThreads(world: World): Thread[] {
  return [newsletter(world), paperShop(world), wrongAddress(world), outOfOffice(world), payout(world), hosting(world)]
}

function machine(name: string, email: string): Person {
  return { name, email, language: 'en', client: 'machine' }
}

function newsletter({ ago }: World): Thread {
  const text = letter`
    Pixel & Plinth, issue 212

    1. Why every settings page grows a second settings page
    2. A love letter to the humble divider line
    3. Readers ask: is it ever too late to rename a layer?

    You get this because you subscribed at pixel-plinth.example.
    Unsubscribe: https://pixel-plinth.example/unsubscribe/7f3a
  `
  return thread('newsletter-pixel', 'Issue 212: A love letter to the divider line', [
    from(machine('Pixel & Plinth', 'letter@pixel-plinth.example'), ago(4, '06:00'), settled('other'), text, {
      html:
        '<html><body style="font-family:Georgia,serif"><h1>Pixel &amp; Plinth, issue 212</h1><ol>' +
        '<li>Why every settings page grows a second settings page</li>' +
        '<li>A love letter to the humble divider line</li>' +
        '<li>Readers ask: is it ever too late to rename a layer?</li></ol>' +
        '<p><small><a href="https://pixel-plinth.example/unsubscribe/7f3a">Unsubscribe</a></small></p></body></html>',
      headers: {
        'List-Id': 'Pixel & Plinth weekly <weekly.pixel-plinth.example>',
        'List-Unsubscribe': '<https://pixel-plinth.example/unsubscribe/7f3a>',
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        Precedence: 'bulk',
      },
      returnPath: 'bounces+212@pixel-plinth.example',
      labels: ['INBOX', 'UNREAD', 'CATEGORY_UPDATES'],
    }),
  ])
}

function paperShop({ ago }: World): Thread {
  const text = 'Nur bis Sonntag: 15 % auf alle Skizzenbücher mit Fadenheftung. Ihr Papierhaus Kreuzberg'
  return thread('newsletter-papier', '15 % auf alles mit Fadenheftung ✂️', [
    from(
      machine('Papierhaus Kreuzberg', 'post@papierhaus-kreuzberg.example'),
      ago(2, '06:30'),
      settled('other'),
      text,
      {
        html: `<html><body><table width="600"><tr><td><h2>${text}</h2><a href="https://papierhaus-kreuzberg.example/abmelden">Abmelden</a></td></tr></table></body></html>`,
        htmlOnly: true,
        headers: {
          'List-Id': '<aktionen.papierhaus-kreuzberg.example>',
          'List-Unsubscribe': '<mailto:abmelden@papierhaus-kreuzberg.example>',
          'Feedback-ID': 'sale:papierhaus:news',
          Precedence: 'bulk',
        },
        labels: ['INBOX', 'UNREAD', 'CATEGORY_PROMOTIONS'],
      },
    ),
  ])
}

function wrongAddress({ owner, me, ago }: World): Thread {
  const tove = { name: 'Tove Hallberg', email: 'tove@halberg-signs.example', language: 'en', client: 'gmail' } as const
  const status = letter`
    Reporting-MTA: dns; mx.post.test
    Arrival-Date: ${ago(11, '09:25').toRFC2822() ?? ''}

    Final-Recipient: rfc822; ${tove.email}
    Action: failed
    Status: 5.1.1
    Diagnostic-Code: smtp; 550 5.1.1 ${tove.email}: no such user
  `
  return thread('hallberg-intro', 'Thirty signs and a laundry', [
    to(
      tove,
      ago(11, '09:25'),
      letter`
        Hi Tove,

        I have just told a very nice hotel that you are the right person for their signs. Oskar
        Lindgren will write to you. Mention the laundry, he likes that.

        ${me}
      `,
    ),
    from(
      machine('Mail Delivery Subsystem', 'mailer-daemon@mx.post.test'),
      ago(11, '09:26'),
      settled('other'),
      letter`
        Your message could not be delivered.

        ${tove.email}: the address does not exist (550 5.1.1 no such user).
        Please check the spelling, perhaps a letter is missing.
      `,
      {
        quotesLast: false,
        subject: 'Delivery Status Notification (Failure)',
        rootType: 'multipart/report; report-type=delivery-status',
        returnPath: '',
        headers: { 'Auto-Submitted': 'auto-replied', 'X-Failed-Recipients': tove.email },
        parts: [
          { contentType: 'message/delivery-status', content: `${status}\n` },
          {
            contentType: 'text/rfc822-headers',
            content: `From: ${owner.email}\nTo: ${tove.email}\nSubject: Thirty signs and a laundry\n`,
          },
        ],
        labels: ['INBOX', 'CATEGORY_UPDATES'],
      },
    ),
  ])
}

function outOfOffice({ me, ago }: World): Thread {
  return thread('fjord-handover', 'Fjordkaffe: handover of the cup files', [
    to(
      henrik,
      ago(5, '11:08'),
      letter`
        Hi Henrik,

        the cup files are ready: four sizes, lids included. Shall I send them to you or straight to
        the printer?

        ${me}
      `,
    ),
    from(
      henrik,
      ago(5, '11:09'),
      settled('other'),
      letter`
        Thank you for your mail. I am on parental leave for two weeks and read mail only while the
        baby sleeps, so: not at all. For anything urgent: office@fjordkaffe.example.

        Henrik Aas
      `,
      {
        quotesLast: false,
        subject: 'Automatic reply: Fjordkaffe: handover of the cup files',
        headers: { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All', Precedence: 'bulk' },
        returnPath: '',
      },
    ),
  ])
}

function payout({ me, ago }: World): Thread {
  const text = letter`
    Hello ${me},

    a payout of EUR 2,964.00 is on its way to your account ending in 07. It usually arrives within two
    working days.

    This is an automatic message, replies to this address are not read.
  `
  return thread('payout-notice', 'Your payout is on its way', [
    from(machine('Paperplane Pay', 'no-reply@paperplane-pay.example'), ago(7, '05:12'), settled('other'), text, {
      headers: { 'Auto-Submitted': 'auto-generated' },
      labels: ['INBOX', 'CATEGORY_UPDATES'],
    }),
  ])
}

function hosting({ ago }: World): Thread {
  const text = letter`
    Guten Tag,

    Ihre Rechnung für das Paket "Werkstatt M" liegt als PDF bei. Der Betrag von 11,90 Euro wird in den
    nächsten Tagen abgebucht. Bitte antworten Sie nicht auf diese Nachricht.
  `
  return thread('hosting-invoice', 'Ihre Rechnung R-48213', [
    from(machine('Serverstube', 'noreply@serverstube.example'), ago(9, '04:40'), settled('other'), text, {
      headers: { 'Auto-Submitted': 'auto-generated' },
      parts: [pdf('R-48213.pdf', 'Serverstube - Rechnung R-48213, 11,90 EUR')],
      labels: ['INBOX', 'CATEGORY_UPDATES'],
    }),
  ])
}
