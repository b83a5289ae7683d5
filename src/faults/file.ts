import { isCollection, isNode, LineCounter, parseDocument } from 'yaml';
import { GroundspeedError } from '../kernel/errors.ts';
import type { Fault } from './fault.ts';
import { parseFaults } from './parse.ts';
import type { FaultReading } from './syntax.ts';

type Lent = Omit<FaultReading, 'where'>;

const FORM =
  'Write a list, one fault an entry: "- embedder: timeout 30% from 10s to 25s"; by itself, or below "faults:".';

/**
 * Faults from the text of a YAML (or JSON) file: a list, by itself or below `faults`. Each entry is the text of a fault; where
 * that is not in quotation marks, YAML takes it for a target and what happens to it, which is read as the same. Throws
 * `fault.syntax`, with the file and the line.
 */
export function readFaultFile({ path, text }: { path: string; text: string }, lent: Lent): readonly Fault[] {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    return refuse(`${path}:${line}:${col}`, `That is no YAML: ${broken.message}`);
  }
  const content = contentOf(document, path);
  const isBelow = isMapping(content) && 'faults' in content;
  const place = isBelow ? ['faults'] : [];
  const lineOf = (index: number): string => {
    const node = document.getIn([...place, index], true);
    const start = isNode(node) ? node.range?.[0] : undefined;
    return start === undefined ? path : `${path}:${lines.linePos(start).line}`;
  };
  const list: unknown = isBelow ? (content as { faults: unknown }).faults : content;
  const node = isBelow ? document.get('faults') : document.contents;
  if (!isCollection(node) || !Array.isArray(list)) return refuse(path, 'There is no list of faults.');
  return readFaultList(list, { ...lent, where: lineOf });
}

export interface FaultListReading extends Lent {
  /** What errors say an entry came from, by its place in the list. */
  readonly where: (index: number) => string;
}

/** Faults from a list as YAML or JSON gives it: of texts, and of objects with targets as keys. */
export function readFaultList(
  list: readonly unknown[],
  { where, ...lent }: FaultListReading,
): readonly Fault[] {
  if (list.length === 0) return refuse(where(0), 'The list of faults is empty.');
  return list.flatMap((entry, index) =>
    textsOf(entry, where(index)).flatMap((text) => parseFaults(text, { ...lent, where: where(index) })),
  );
}

function textsOf(entry: unknown, where: string): readonly string[] {
  if (typeof entry === 'string') return [entry];
  if (isMapping(entry)) {
    const pairs = Object.entries(entry);
    // `429` alone is a number to YAML.
    const isPlain = pairs.every(([, value]) => typeof value === 'string' || typeof value === 'number');
    if (isPlain && pairs.length > 0) return pairs.map(([target, value]) => `${target}: ${value}`);
  }
  return refuse(where, 'An entry is no text of a fault.');
}

function contentOf(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS();
  } catch {
    return refuse(path, 'An alias (*…) has no anchor, or there are too many of them.');
  }
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refuse(where: string, message: string): never {
  throw new GroundspeedError('fault.syntax', message, { where, hint: FORM });
}
