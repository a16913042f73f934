import { phrases } from '../../../mail/phrases.ts'
import type { LanguageCues } from './cues.ts'

export const en: LanguageCues = {
  meeting_request: {
    strong: phrases(`
      can we meet, could we meet, would like to meet, let’s meet, to meet up, schedule a meeting, schedule a
      call, set up a call, set up a meeting, a quick call, a short call, hop on a call, jump on a call, get on
      a call, video call, on zoom, a zoom, your availability, are you free, are you available, when are you,
      find a time, time slot, reschedule, half an hour, works for you, work for you, suits you, suit you, an
      appointment, rsvp, invite you to, would you join us, confirm that you will be there, confirm your
      attendance, a chat about, grab a coffee, have lunch, book a time, pick a time, move our meeting, move
      our call
    `),
    weak: phrases(`
      meeting, call, slot, slots, calendar, availability, available, your time, same time, agenda, invitation,
      invite, attend, attendance, coffee, lunch, dinner, minutes, meet, kick off, appointment, i can also do,
      i could do, party, get together, reunion
    `),
  },
  complaint: {
    strong: phrases(`
      disappointed, disappointing, complaint, complain, unacceptable, not acceptable, not what we paid for,
      not what i paid for, not what i ordered, not what we ordered, my money back, want a refund, demand a
      refund, request a refund, full refund, still not working, does not work, doesn’t work, stopped working,
      arrived damaged, damaged, defective, faulty, wrong item, wrong size, unhappy, not happy, dissatisfied,
      frustrated, frustrating, overcharged, charged twice, charged me twice, double charged, let us down, let
      me down, never arrived, has not arrived, hasn’t arrived, poor service, poor quality, fed up, appalling,
      a mess, going to do about it, ruined, cancel my
    `),
    weak: phrases(`
      broken, wrong, missing, mistake, mistakes, error, errors, too late, delay, fault, problem, problems,
      refund, worse, terrible, unfortunately, incorrect, angry, sort this out, fix this
    `),
  },
  follow_up: {
    strong: phrases(`
      any news, any update, any updates, any progress, following up, follow up on, just checking in, checking
      in on, circling back, haven’t heard, have not heard, did not hear, didn’t hear, gentle reminder,
      friendly reminder, quick reminder, still waiting, waiting to hear, get a chance to, had a chance to, my
      last email, my last mail, my previous email, my previous mail, my earlier email, my earlier mail, my
      message from, my email from, my mail of, you promised, you had planned, you said you would, you wanted
      to send, bumping this, where do we stand, a sign of life, nudge
    `),
    weak: phrases(`
      reminder, last week, update, status, still, again, touch base, two weeks ago, a week ago
    `),
  },
  inquiry: {
    strong: phrases(`
      how much, would it cost, would you charge, do you charge, a quote, quotation, price list, your rates,
      your prices, do you offer, do you take, do you have, are you taking on, could you tell me, can you tell
      me, could you let me know, would you be able, interested in, would like to know, looking for, wondering
      if, wondering whether, information about, information on, more details, in stock, would you give, would
      you design, request for proposal, a question about, remind me
    `),
    weak: phrases(`
      cost, price, rate, fee, budget, offer, question, questions, project, details, possible, could you, can
      you, would you, please send, your opinion, your input, your thoughts, which, what, how, where, need
      your, please confirm, please review
    `),
  },
  spam: {
    strong: phrases(`
      verify your account, verify your identity, verify your password, verify your mailbox, confirm your
      password, confirm your account, validate your, update your payment, unusual login, unusual sign in,
      unusual activity, suspicious activity on your, account has been suspended, account will be suspended,
      account has been limited, will be closed, will be deactivated, will be permanently, your password
      expires, mailbox is full, mailbox will be, click the link below, clicking the link below, click below,
      click here, you have won, you won, lottery, have been selected, been chosen, beneficiary, inheritance,
      next of kin, deceased, barrister, processing fee, million usd, million dollars, million euros, dear
      friend, dear beloved, dear customer, dear sir or madam, bank details, banking details, bank account,
      gift card, gift cards, backlinks, page one of, page 1, seo services, viagra, cialis, xanax, pharmacy, no
      prescription, penis, casino, double your, guaranteed returns, risk free, 100% guaranteed, limited time,
      act now, order now, buy now, lowest price, best prices, lose weight, weight loss, make money, extra
      income, work from home, refinance, mortgage rate, no obligation, opt out, to be removed, un subscribe,
      adult, replica, hot stock, stock alert, get rich, expires today, expires tonight, expires in, discount
      expires, flash deal, exclusive offer, special offer, last chance, secure your spot, reserved spot,
      sponsorship opportunity, naked, striptease, erections, rolex, low price, wholesale prices, why pay more,
      money back guarantee, seed phrase, keep it confidential, cheap software
    `),
    weak: phrases(`
      million, confidential, cheap, password, suspended, urgent, immediately, within 24 hours, within 48
      hours, congratulations, winner, free, bonus, offer, discount, % off, deal, deals, save, guaranteed,
      guarantee, investment, bitcoin, crypto, wire transfer, unsubscribe, click, prize, reward, credit, loan,
      cash, price list, our products, introduce our, introduce my, pills, meds, watches, sexy, sponsor,
      premium, hurry, today only, hours left, action required, invoice, security team, approved, spots left,
      demo, i noticed your
    `),
  },
  requests: phrases(`
      could you, can you, would you, please send, please confirm, please let me know, please review, please
      advise, please provide, please tell, please call, please reply, please respond, please share, please
      check, please sign, please fix, please replace, please complete, please align, please rsvp, let me know,
      let us know, need your, need you to, i would like to, we would like to, i’d like to, we’d like to, i’d
      love to, i would be grateful, looking for, wondering if, wondering whether, your thoughts, your input,
      needed by, reply with, get back to me, get back to us, want a refund, want my money back
    `),
  awaiting: phrases(`
      awaiting your, waiting for your, i look forward to your, your feedback
    `),
  thanks: phrases(`
      thank you, thanks, thank you for, thanks for, many thanks, much appreciated, this is perfect, looks
      great, all good, received with thanks, got it, sounds good, well received, congratulations
    `),
  nothingExpected: phrases(`
      no action needed, no action required, no immediate action, no action is, no need to reply, no reply
      needed, no reply necessary, no response needed, no response required, no need to respond, nothing to do
      for you, nothing needed from you, nothing for you to do, for your information, fyi, just so you know,
      just so that you know, just for your records, for your records, for your awareness, keep you in the
      loop, informational update, not required from you
    `),
  machine: phrases(`
      out of office, out of the office, auto reply, automatic reply, do not reply to this, unsubscribe, view
      in browser, view this email, manage your preferences, this is an automated, newsletter
    `),
  weekdays: phrases(`
      monday, tuesday, wednesday, thursday, friday, saturday, sunday, tomorrow, next week
    `),
  familiar: [],
}
