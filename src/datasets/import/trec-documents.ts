import { excerpt } from '../lines.ts';
import type { Losses } from '../loss.ts';
import { type DraftDocument, readCorpusLines } from './importer.ts';
import { type NamedFile, refused, textOf } from './source.ts';

/** Documents as JSON lines, or as TREC's `<DOC>` blocks with `<DOCNO>`. Throws `dataset.import` and `dataset.line`. */
export function parseDocuments(file: NamedFile, losses: Losses): DraftDocument[] {
  const start = new TextDecoder().decode(file.bytes.subarray(0, 1000)).trimStart();
  if (start.startsWith('{')) return readCorpusLines(file, losses);
  return classicDocuments(textOf(file), file.name, losses);
}

const TITLES = new Set(['title', 'headline', 'hl', 'head', 'ti', 'h3']);
const TEXTS = new Set(['text', 'body', 'abstract', 'leadpara', 'lp', 'te']);

function classicDocuments(text: string, name: string, losses: Losses): DraftDocument[] {
  const documents: DraftDocument[] = [];
  const opening = /<doc>/gi;
  const closing = /<\/doc>/gi;
  let line = 1;
  let counted = 0;
  let from = 0;
  for (;;) {
    opening.lastIndex = from;
    const open = opening.exec(text);
    refuseBetween(text.slice(from, open?.index ?? text.length), {
      name,
      line: line + newlines(text.slice(counted, from)),
    });
    if (open === null) break;
    line += newlines(text.slice(counted, open.index));
    counted = open.index;
    const where = `${name}:${line}`;
    closing.lastIndex = opening.lastIndex;
    const close = closing.exec(text);
    const block = close === null ? undefined : text.slice(opening.lastIndex, close.index);
    if (block === undefined || /<doc>/i.test(block)) {
      throw refused(where, 'begins a <DOC> that no </DOC> ends', { hint: 'The file may be cut short.' });
    }
    documents.push(classicDocument(block, where, losses));
    from = closing.lastIndex;
  }
  return documents;
}

const newlines = (text: string): number => text.split('\n').length - 1;

function refuseBetween(text: string, { name, line }: { name: string; line: number }): void {
  if (text.trim() === '') return;
  const before = text.length - text.trimStart().length;
  throw refused(
    `${name}:${line + newlines(text.slice(0, before))}`,
    `stands outside of any <DOC>: ${excerpt(text.trim())}`,
    {
      hint: 'A corpus is JSON lines (id, title, text), or <DOC> blocks with <DOCNO> and <TEXT>.',
    },
  );
}

function classicDocument(block: string, where: string, losses: Losses): DraftDocument {
  let id: string | undefined;
  const titles: string[] = [];
  const texts: string[] = [];
  // Tags are read one after the other: a pattern for whole elements could take quadratic time over a broken file.
  for (const { tag, content } of elementsOf(block)) {
    const written = unescaped(content).trim();
    if (tag === 'docno') id ??= written;
    else if (TITLES.has(tag)) titles.push(written);
    else if (tag === '' || TEXTS.has(tag)) {
      if (written !== '') texts.push(written);
    } else if (written !== '') {
      losses.add({
        kind: 'document-part',
        of: 'detail',
        what: `<${tag.toUpperCase().slice(0, 40)}> of a document has no place in a corpus`,
        where,
        found: written,
      });
    }
  }
  if (id === undefined || id === '') {
    throw refused(where, 'begins a document without <DOCNO>', { hint: 'Each document needs its number.' });
  }
  const document = { id, title: titles.join(' '), text: texts.join('\n\n'), metadata: {} };
  return { document, where: () => where };
}

/** The elements on the top level of a block, tags within them dropped; text between them has the tag ''. */
function* elementsOf(block: string): Generator<{ tag: string; content: string }> {
  const pattern = /<(\/?)([a-z][\w-]*)[^<>]*>/gi;
  let open: string | undefined;
  let depth = 0;
  let content = '';
  let from = 0;
  for (const match of block.matchAll(pattern)) {
    content += block.slice(from, match.index);
    from = match.index + match[0].length;
    const tag = match[2]!.toLowerCase();
    if (match[1] === '') {
      if (open === undefined) {
        yield { tag: '', content };
        [open, content, depth] = [tag, '', 0];
      } else {
        if (tag === open) depth += 1;
        content += ' ';
      }
    } else if (tag === open && depth === 0) {
      yield { tag, content };
      [open, content] = [undefined, ''];
    } else {
      if (tag === open) depth -= 1;
      content += ' ';
    }
  }
  yield { tag: open ?? '', content: content + block.slice(from) };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescaped = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name]!);
