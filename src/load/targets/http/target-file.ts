import { type Document, LineCounter, parseDocument } from 'yaml';
import { GroundspeedError } from '../../../kernel/errors.ts';
import { nearest } from '../../../text/nearest.ts';
import { type TargetOptions, targetSchema } from '../../options.ts';

const HINT =
  'The file holds the settings below target: url, preset, headers, body, response … (docs/settings.md).';

/**
 * The description of a target in a file of its own: YAML or JSON, the settings of the section `target`, by themselves or
 * below that name.
 *
 * @throws GroundspeedError target.description with every fault. No message repeats a value: it may be a secret.
 */
export function parseTargetFile(text: string, where: string): TargetOptions {
  const content = contentOf(text, where);
  const section = isObject(content) && isObject(content.target) ? content.target : content;
  if (!isObject(section))
    refuse(where, [`${where}: must be a table of settings, such as url: http://127.0.0.1:8080`]);
  const { $schema: _, ...settings } = section;
  const result = targetSchema.safeParse(withoutNulls(settings));
  if (!result.success) refuse(where, result.error.issues.flatMap(inWords));
  return result.data;
}

function contentOf(text: string, where: string): unknown {
  const lines = new LineCounter();
  const document: Document.Parsed = parseDocument(text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    prettyErrors: false,
  });
  const faults = document.errors.map(({ code, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    // The parser's own messages quote the file.
    return `${where}:${line}:${col}: is neither YAML nor JSON (${code.toLowerCase().replaceAll('_', ' ')})`;
  });
  if (faults.length > 0) refuse(where, faults);
  try {
    return document.toJS();
  } catch {
    return refuse(where, [`${where}: an alias (*…) that has no anchor, or too many of them`]);
  }
}

/** A setting without a value stands for its default. */
function withoutNulls(section: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(section)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, name !== 'body' && isObject(value) ? withoutNulls(value) : value]),
  );
}

type Issue = NonNullable<ReturnType<typeof targetSchema.safeParse>['error']>['issues'][number];

function inWords(issue: Issue): string[] {
  const at = ['target', ...issue.path].join('.');
  if (issue.code !== 'unrecognized_keys') return [`${at}: ${issue.message}`];
  const known = knownBelow(issue.path);
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    return `${at}.${key}: there is no such setting${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  });
}

/** The names of the settings in a group of the section. */
function knownBelow(path: readonly PropertyKey[]): string[] {
  const { shape } = targetSchema;
  const [group] = path;
  if (group === undefined) return Object.keys(shape);
  const inner = (shape as Readonly<Record<string, unknown>>)[String(group)] as {
    def?: { innerType?: { shape?: object } };
  };
  return Object.keys(inner?.def?.innerType?.shape ?? {});
}

function refuse(where: string, problems: readonly string[]): never {
  throw new GroundspeedError('target.description', `${where} does not describe a target`, {
    where,
    problems,
    hint: HINT,
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
