/** What is random in a world: UUIDs, the ids of Gmail's messages and drafts, and the owner's own address. */
const drawn = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{16}\b|\br\d{15,}\b|\bowner\.[0-9a-f]{10}\b/g

/** When a mail was composed, which the machine's own clock says. */
const dateLine = /(?<=^|\\n|\\r\\n)Date: [A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000/g

/** The same text with everything random renamed by the order in which it comes first. */
export function canonical(text: string): string {
  const names = new Map<string, string>()
  return text.replaceAll(dateLine, 'Date: now').replaceAll(drawn, (id) => {
    const name = names.get(id) ?? `<${names.size + 1}>`
    names.set(id, name)
    return name
  })
}
