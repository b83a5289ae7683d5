import { type Document, isCollection, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import { messageOf } from '../../kernel/errors.ts';
import { type GoldenQuestion, goldenQuestion } from '../golden.ts';
import { excerpt } from '../lines.ts';
import { mapColumns } from './columns.ts';
import { ContextPlacer } from './contexts.ts';
import { Entry, isObject } from './entry.ts';
import { corpusOf, type DraftQuestion, type Imported, type Importer, type ImportTask } from './importer.ts';
import type { JsonPath } from './json-place.ts';
import { manyOf, ownFields } from './own-fields.ts';
import { type Assertion, answersOf, parseExpected } from './promptfoo-assertions.ts';
import { questionFile } from './question-file.ts';
import { idOf, withContexts } from './record-sets.ts';
import { readJson, readRecords } from './records.ts';
import { jsonTextOf, type NamedFile, refused } from './source.ts';

const EXPECTED = /^__expected\d*$/;
const METADATA = /^__metadata:(.+?)(\[\])?$/;
const QUESTION_VARS = ['question', 'query', 'prompt', 'input', 'user_input', 'q', 'text', 'message'];
const ENDINGS = /\.(csv|ya?ml|json)$/i;

export const promptfoo: Importer = {
  name: 'promptfoo',
  reads:
    'promptfoo tests: CSV with __expected (other columns are variables), or YAML or JSON with tests; equals, contains, icontains, their -any and not- forms',
  detected: 'a CSV file with a column __expected, or YAML with tests or assert',
  detect({ fields, name, start }) {
    const expected = [...fields].find((field) => EXPECTED.test(field));
    if (expected !== undefined) return `a column ${expected}`;
    if (!/\.(ya?ml|json)$/.test(name)) return undefined;
    const written = /^\s*-?\s*"?(tests|assert|vars)"?\s*:/m.exec(start);
    return written === null ? undefined : `\`${written[1]}\``;
  },
  read: readPromptfoo,
};

/** One test: its variables, assertions and metadata. */
interface Test {
  readonly entry: Entry;
  readonly variables: Entry;
  readonly metadata: Entry;
  readonly assertions: readonly Assertion[];
}

async function readPromptfoo(task: ImportTask): Promise<Imported> {
  const file = await questionFile(task, ENDINGS);
  const corpus = await corpusOf(task);
  const contexts = new ContextPlacer(corpus, task.losses);
  const tests = /\.csv$/i.test(file.name) ? csvTests(file, task) : documentTests(file, task);
  const questions: DraftQuestion[] = tests.map((test, index) => ({
    question: goldenQuestion(questionOf(test, index, { contexts, task })),
    where: test.entry.where,
  }));
  const documents = corpus ?? contexts.made();
  return {
    questions,
    documents,
    read: {
      questions: tests.length,
      documents: documents?.length ?? 0,
      judgements: questions.reduce((sum, { question }) => sum + question.relevant.size, 0),
    },
    ownSplits: questions.some(({ question }) => question.split !== undefined),
  };
}

function csvTests(file: NamedFile, { options }: ImportTask): Test[] {
  return mapColumns(readRecords(file), options.columns, file.name).map((entry) => {
    const variables: [string, unknown][] = [];
    const metadata: [string, unknown][] = [];
    const assertions: Assertion[] = [];
    for (const name of entry.names) {
      const value = entry.raw(name);
      const key = METADATA.exec(name);
      if (EXPECTED.test(name)) {
        if (typeof value === 'string' && value.trim() !== '') assertions.push(parseExpected(value));
      } else if (key !== null) metadata.push([key[1]!, value]);
      else if (!name.startsWith('__')) variables.push([name, value]);
      else continue;
      entry.ignore(name);
    }
    return {
      entry,
      variables: new Entry(Object.fromEntries(variables), entry.where),
      metadata: new Entry(Object.fromEntries(metadata), entry.where),
      assertions,
    };
  });
}

function questionOf(
  { entry, variables, metadata, assertions }: Test,
  index: number,
  { contexts, task: { losses } }: { contexts: ContextPlacer; task: ImportTask },
): Partial<GoldenQuestion> & Pick<GoldenQuestion, 'id' | 'question'> {
  const only = variables.names.length === 1 ? variables.names : [];
  const name = [...QUESTION_VARS, ...only].find((variable) => variables.has(variable));
  if (name === undefined) {
    throw refused(
      entry.where(),
      `has no variable that could be the question: ${variables.names.slice(0, 10).join(', ') || 'none'}`,
      {
        hint: 'Name it with --map question=COLUMN.',
      },
    );
  }
  const description = entry.nameOf('__description', 'description');
  const own = ownFields(metadata, { misfit: 'lose', losses });
  const asserted = answersOf(assertions, entry, losses);
  const id = metadata.has('id') ? idOf(metadata, index, 'id') : idOf(variables, index, 'id');
  const texts = manyOf(variables, 'contexts', 'context');
  const more = ownFields(variables, { misfit: 'lose', losses });
  for (const rest of [variables, metadata]) rest.reportRest(losses, 'test');
  if (description !== undefined) loseDescription(entry, description, losses);
  entry.reportRest(losses, 'test');
  const joined = { ...more, ...own };
  return {
    id,
    question: variables.text(name),
    ...joined,
    answers: joined.answers ?? asserted.answers,
    forbidden: joined.forbidden ?? asserted.forbidden,
    ...withContexts(joined, { texts, ids: [], where: entry.where }, { placer: contexts, losses }),
  };
}

function loseDescription(entry: Entry, name: string, losses: ImportTask['losses']): void {
  const found = entry.optionalText(name) ?? '';
  if (found.trim() === '') return;
  const what = 'the description of a test has no place in a golden set';
  losses.add({ kind: 'field', of: 'detail', what, where: () => entry.where(name), found });
}

interface Tree {
  readonly value: unknown;
  readonly where: (path: JsonPath) => string;
}

function documentTests(file: NamedFile, { losses, options }: ImportTask): Test[] {
  const tree = /\.json$/i.test(file.name) ? readJson(file) : readYaml(file);
  const wrapped = isObject(tree.value);
  const root = new Entry(wrapped ? (tree.value as Record<string, unknown>) : {}, (field) =>
    tree.where(field === undefined ? [] : [field]),
  );
  const list = wrapped ? root.value('tests') : tree.value;
  if (!Array.isArray(list)) {
    throw refused(tree.where(wrapped && list !== undefined ? ['tests'] : []), 'holds no list of `tests`', {
      hint:
        typeof list === 'string'
          ? `They stand in another file, ${excerpt(list)}: import that one.`
          : 'Give a promptfoo configuration with tests, or a list of tests.',
    });
  }
  root.reportRest(losses, 'promptfoo configuration');
  const base: JsonPath = wrapped ? ['tests'] : [];
  return list.map((value, index) =>
    testOf(value, [...base, index], { tree, columns: options.columns, losses }),
  );
}

function testOf(
  value: unknown,
  path: JsonPath,
  {
    tree,
    columns,
    losses,
  }: { tree: Tree; columns: ReadonlyMap<string, string>; losses: ImportTask['losses'] },
): Test {
  const where = (field?: string): string => tree.where(field === undefined ? path : [...path, field]);
  if (!isObject(value)) {
    const hint =
      typeof value === 'string' ? 'Import the file that it names by itself.' : 'A test has vars and assert.';
    throw refused(where(), `is no test: ${excerpt(JSON.stringify(value) ?? '')}`, { hint });
  }
  const entry = new Entry(value, where);
  const vars = entry.value('vars');
  if (!isObject(vars)) throw entry.wrong('vars', 'must be an object of variables');
  const inner = new Entry(vars, () => where('vars'));
  const [variables] = mapColumns([inner], columns, where('vars'));
  const metadata = entry.value('metadata');
  const listed = entry.value('assert') ?? [];
  if (!Array.isArray(listed)) throw entry.wrong('assert', 'must be a list of assertions');
  return {
    entry,
    variables: variables!,
    metadata: new Entry(isObject(metadata) ? metadata : {}, () => where('metadata')),
    assertions: listed.map((assertion: unknown): Assertion => {
      if (!isObject(assertion)) throw entry.wrong('assert', 'must be a list of {type, value}');
      const one = new Entry(assertion, () => where('assert'));
      const found = { type: one.text('type'), value: one.value('value') };
      one.reportRest(losses, 'promptfoo assertion');
      return found;
    }),
  };
}

function readYaml(file: NamedFile): Tree {
  const text = jsonTextOf(file);
  const lines = new LineCounter();
  const at = (offset: number): string => `${file.name}:${lines.linePos(offset).line}`;
  let document: Document.Parsed;
  let value: unknown;
  try {
    document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, logLevel: 'silent' });
    if (document.errors.length === 0) value = document.toJS({ maxAliasCount: 50 });
  } catch (cause) {
    // A file that nests without end exhausts the stack of the parser, and one of aliases its patience.
    throw refused(`${file.name}:1`, `cannot be read as YAML: ${messageOf(cause)}`, { cause });
  }
  const [error] = document.errors;
  if (error !== undefined) {
    const problem = error.message.split(/ at line \d|\n/, 1)[0]!;
    throw refused(at(error.pos[0]), `is not YAML: ${problem.replace(/\.$/, '')}`, { cause: error });
  }
  return { value, where: (path) => at(offsetOf(document.contents, path)) };
}

/** Where a part of a YAML document begins; of what is not there, where its parent does. */
function offsetOf(contents: Node | null, path: JsonPath): number {
  let node: unknown = contents;
  let offset = 0;
  for (const step of [undefined, ...path]) {
    if (step !== undefined) node = isCollection(node) ? node.get(step, true) : undefined;
    if (!isNode(node)) break;
    offset = node.range?.[0] ?? offset;
  }
  return offset;
}
