import { stripInvisible } from '../../../server/mail/invisible-characters.ts'
import type { ParsedMail } from '../../../server/mail/fields.ts'
import { corpusFile, corpusFiles } from '../../support/corpus.ts'
import { type Expectation, squeeze } from './expectation.ts'
import { leavesOf, type XmlLeaf } from './mime4j-xml.ts'

/** apache/james-mime4j: the structure of each mail as XML, its decoded bodies in files beside it. */
export function mime4jExpectations(): Expectation[] {
  return ['mime/mime4j-mimetools', 'mime/mime4j-testmsgs'].flatMap((folder) =>
    corpusFiles(folder, '_decoded.xml').map(({ name, read }) => {
      const leaves = leavesOf(read().toString('latin1')).map((leaf) => ({ ...leaf, body: bodyOf(folder, leaf) }))
      return {
        name,
        raw: corpusFile(name.replace('_decoded.xml', '.eml')),
        differences: (mail: ParsedMail) => differences(leaves, mail),
      }
    }),
  )
}

type Leaf = XmlLeaf & { readonly body: Buffer }

function bodyOf(folder: string, { file }: XmlLeaf): Buffer {
  return file ? corpusFile(`${folder}/${file}`) : Buffer.alloc(0)
}

/** What is no text to be shown is an attachment of its size, and what is text stands in the text. */
function differences(leaves: readonly Leaf[], mail: ParsedMail): string[] {
  const texts = leaves.filter(isShown)
  const files = leaves.filter((leaf) => !isShown(leaf))
  const found: string[] = []
  if (files.length !== mail.attachments.length) found.push(`attachments: ${files.length} / ${mail.attachments.length}`)
  for (const { file, body, kind } of files) {
    const isThere = mail.attachments.some(({ sizeBytes }) => Math.abs(sizeBytes - body.length) <= 2)
    if (!isThere && kind === 'binary') found.push(`${file}: no attachment of ${body.length} bytes`)
  }
  // HTML is compared by tests of its own: its text is made here.
  const hasHtml = texts.some(({ type }) => type === 'text/html')
  for (const { file, body, charset } of hasHtml ? [] : texts) {
    if (!squeeze(mail.text).includes(squeeze(decode(body, charset)))) found.push(`${file}: not in the text`)
  }
  return found
}

function isShown({ type, disposition, kind }: XmlLeaf): boolean {
  return kind !== 'message' && /^text\/(?:plain|html)$/.test(type) && disposition !== 'attachment'
}

function decode(body: Buffer, charset: string): string {
  const name = /^us-?ascii$/i.test(charset) ? 'utf-8' : charset
  return stripInvisible(new TextDecoder(name).decode(body)).text
}
