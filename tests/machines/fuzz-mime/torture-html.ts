import { htmlMail, many } from './raw-mail.ts'

/** What a sanitiser and a reader of styles must survive. */
export const htmlTorture: Readonly<Record<string, () => Buffer>> = {
  '200,000 elements in each other': () => htmlMail(`${'<b>'.repeat(200_000)}x`),
  'a million angle brackets': () => htmlMail('<'.repeat(1_000_000)),
  '100,000 attributes': () => htmlMail(`<p ${many(100_000, (index) => `a${index}=b`, ' ')}>x</p>`),
  '100,000 comments without an end': () => htmlMail(`${'<!--'.repeat(100_000)}x`),
  'half a million strings without an end in 50 styles': () =>
    htmlMail(many(50, (index) => `<p style='a${index}:${'"\n'.repeat(10_000)}'>x`)),
  '2,000 rules for 400 elements in each other': () =>
    htmlMail(
      `<style>${many(2_000, (index) => `.a .a .a .b${index}{color:#fff}`)}</style>${'<div class="a b1">'.repeat(400)}x`,
    ),
}
