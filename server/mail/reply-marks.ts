import { foldSubject } from './fold.ts'

/** What mail programs of many languages put before the subject of a reply; forwards are something else. */
const replyMarks =
  're|aw|antw|antwort|sv|vs|rif|res|resp|odp|odpow|odpowiedz|odpoved|ynt|yanit|cvp|atb|ats|vast|va|valasz|ras|απ|απαντηση|σχετ|отв|ответ|отг|відп|回复|回覆|答复|答覆|返信|回信|답장|회신|השב|תגובה|رد|ตอบ|ตอบกลับ|tl|bls'
const mark = new RegExp(`^(?:${replyMarks})\\s?(?:[\\[(]\\d{1,4}[\\])]|[*^]\\d{1,4})?\\s?[:：]`, 'u')
const mostMarks = 50

/** A subject without the marks of a reply that it gathered in front; blanks around it are gone as well. */
export function withoutReplyMarks(subject: string): string {
  let bare = subject.trim()
  for (let count = 0; count < mostMarks; count++) {
    const length = markLength(bare)
    if (length === 0) break
    bare = bare.slice(length).trim()
  }
  return bare
}

/** Compared without accents and capitals, and measured as it was written. */
function markLength(subject: string): number {
  const colon = subject.slice(0, 40).search(/[:：]/)
  if (colon < 0) return 0
  const written = subject.slice(0, colon + 1)
  return mark.test(foldSubject(written).replaceAll(/\s/g, ' ')) ? written.length : 0
}
