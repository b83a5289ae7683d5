import { type Document, isMap, isScalar, LineCounter, type Pair, parseDocument, type YAMLError } from 'yaml';
import { GroundspeedError } from '../kernel/errors.ts';
import { type Layer, type Origin, readSettings } from './layers.ts';

export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/** What the parser's message may not say, because it would quote the file, and with it perhaps a secret. */
const OWN_WORDS: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: 'an alias (*…) that cannot be read',
  BAD_COLLECTION_TYPE: 'a tag (!…) that does not fit what follows',
  BAD_DIRECTIVE: 'a directive (%…) that cannot be read',
  MULTIPLE_DOCS: 'a second document (---), where there may be one',
  BAD_DQ_ESCAPE: 'an invalid escape sequence in double quotes',
  TAG_RESOLVE_FAILED: 'a tag (!…) that is unknown',
  UNEXPECTED_TOKEN: 'unexpected text',
};

/**
 * The settings in a configuration file. JSON is read as YAML, of which it is a subset.
 *
 * @throws GroundspeedError config.unreadable, with every fault's line and column, when the text is neither.
 */
export function readConfigFile({ path, text }: ConfigFile): Layer {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings].map((fault) => describeFault(fault, path, lines));
  if (faults.length > 0) refuse(path, faults);

  const originOf = (names: readonly string[]): Origin => {
    const offset = offsetOf(document, names);
    return { source: 'file', label: offset === undefined ? path : `${path}:${lines.linePos(offset).line}` };
  };
  return readSettings(withoutSchema(contentOf(document, path)), [], originOf);
}

function contentOf(document: Document.Parsed, path: string): unknown {
  try {
    return document.toJS();
  } catch {
    // The parser's own message names the alias, which is what an unquoted key that begins with * is taken for.
    return refuse(path, [`${path}: an alias (*…) that has no anchor, or too many of them`]);
  }
}

function refuse(path: string, problems: readonly string[]): never {
  throw new GroundspeedError('config.unreadable', `${path} is neither JSON nor YAML`, {
    where: path,
    hint: 'Mend the lines named; text with signs such as : # * ! belongs in quotes.',
    problems,
  });
}

function describeFault({ code, message, pos }: YAMLError, path: string, lines: LineCounter): string {
  const { line, col } = lines.linePos(pos[0]);
  return `${path}:${line}:${col}: ${OWN_WORDS[code] ?? message}`;
}

/** `$schema` tells an editor where the JSON Schema is, and tells us nothing. */
function withoutSchema(content: unknown): unknown {
  if (content === null || typeof content !== 'object' || Array.isArray(content)) return content;
  const { $schema: _, ...settings } = content as Record<string, unknown>;
  return settings;
}

/** Where the key stands that leads to these names, or as far on the way as the file goes. */
function offsetOf(document: Document.Parsed, names: readonly string[]): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const name of names) {
    const pair: Pair | undefined = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === name)
      : undefined;
    if (pair === undefined) break;
    offset = (pair.key as { range?: readonly [number, number, number] }).range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}
