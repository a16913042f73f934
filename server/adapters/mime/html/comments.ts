const maxComments = 300
const maxLength = 5_000

/** Whether comments hold sentences, and not only markup for one mail program or a word of the template's author. */
export function hasProseInComments(html: string): boolean {
  return commentsOf(html).some((comment) => {
    const prose = comment.replace(/<(style|xml)\b[\s\S]*?<\/\1>|<[^<>]*>|\[[^[\]]*\]>?/gi, ' ')
    return (prose.match(/\p{L}{2,}/gu)?.length ?? 0) >= 6
  })
}

function commentsOf(html: string): string[] {
  const comments: string[] = []
  let end = 0
  for (let start = html.indexOf('<!--'); start >= 0; start = html.indexOf('<!--', end)) {
    end = html.indexOf('-->', start + 4)
    if (end < 0 || comments.length >= maxComments) break
    comments.push(html.slice(start + 4, Math.min(end, start + maxLength)))
  }
  return comments
}
