import { excerpt } from '../lines.ts';
import type { Losses } from '../loss.ts';
import type { Where } from './entry.ts';
import { type NamedFile, refused, textOf } from './source.ts';

export interface Topic {
  readonly id: string;
  readonly text: string;
  readonly where: Where;
}

/** Topics as `id<TAB>text` lines, or as TREC's `<top>` blocks, whose title is the question. Throws `dataset.import`. */
export function parseTopics(file: NamedFile, losses: Losses): Topic[] {
  const text = textOf(file);
  return /^[ \t]*<top>/im.test(text) ? classicTopics(text, file.name, losses) : lineTopics(text, file.name);
}

function lineTopics(text: string, name: string): Topic[] {
  const topics: Topic[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '') continue;
    const where = `${name}:${index + 1}`;
    const tab = line.indexOf('\t');
    const id = line.slice(0, Math.max(0, tab)).trim();
    if (tab < 0 || id === '') throw noTopic(where, line);
    topics.push({ id, text: line.slice(tab + 1).trim(), where: () => where });
  }
  return topics;
}

function noTopic(where: string, line: string): Error {
  const columns = line.trim().split(/\s+/).length;
  const ranking = columns === 6 && !line.includes('\t');
  return refused(where, `is no topic: ${excerpt(line)}`, {
    hint: ranking
      ? 'This looks like a run: a ranking that a system made, not golden questions. `groundspeed measure --run` takes it.'
      : columns === 4
        ? 'This looks like qrels. Name the topics, and give the qrels with --qrels.'
        : 'A line of topics holds the id, a tab, and the question; or the file holds <top> blocks.',
  });
}

const TAGS = ['num', 'title', 'desc', 'narr'] as const;

function classicTopics(text: string, name: string, losses: Losses): Topic[] {
  const topics: Topic[] = [];
  const lower = text.toLowerCase();
  let line = 1;
  let counted = 0;
  for (let at = lower.indexOf('<top>'); at >= 0; ) {
    for (
      let newline = text.indexOf('\n', counted);
      newline >= 0 && newline < at;
      newline = text.indexOf('\n', counted)
    ) {
      line += 1;
      counted = newline + 1;
    }
    const where = `${name}:${line}`;
    const next = lower.indexOf('<top>', at + 5);
    const end = lower.indexOf('</top>', at);
    if (end < 0 || (next >= 0 && next < end)) {
      throw refused(where, 'begins a <top> that no </top> ends', { hint: 'The file may be cut short.' });
    }
    topics.push(classicTopic(text.slice(at + 5, end), where, losses));
    at = next;
  }
  return topics;
}

function classicTopic(block: string, where: string, losses: Losses): Topic {
  const parts = new Map<string, string>();
  const pattern = /<(\/?)(\w+)>([^<]*)/g;
  for (const [, closing, tag, content] of block.matchAll(pattern)) {
    if (closing !== '') continue;
    const name = tag!.toLowerCase();
    const label = /^\s*(number|topic|description|narrative):/i;
    if (!parts.has(name)) parts.set(name, content!.replace(label, '').replace(/\s+/g, ' ').trim());
  }
  const id = parts.get('num') ?? '';
  const title = parts.get('title');
  if (id === '')
    throw refused(where, 'begins a topic without <num>', { hint: 'Each topic needs its number.' });
  if (title === undefined) {
    throw refused(where, `begins topic ${excerpt(id)}, which has no <title>`, {
      hint: 'The title is the question.',
    });
  }
  for (const [tag, found] of parts) {
    if (tag === 'num' || tag === 'title' || found === '') continue;
    const known = (TAGS as readonly string[]).includes(tag);
    losses.add({
      kind: 'topic-part',
      of: 'detail',
      what: known
        ? `<${tag}> of a topic: a golden question is its title`
        : `<${tag.slice(0, 40)}> of a topic has no place in a golden set`,
      where,
      found,
    });
  }
  return { id, text: title, where: () => where };
}
