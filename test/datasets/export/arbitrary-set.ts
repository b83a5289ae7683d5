import fc from 'fast-check';
import type { CorpusDocument, GoldenQuestion } from '../../../src/datasets/golden.ts';
import type { WrittenSet } from '../../../src/datasets/written-set.ts';

/** Texts that break what is written or read carelessly. */
const HOSTILE = [
  '=HYPERLINK("http://x","y")',
  "'=1+1",
  "''-2",
  '-5 °C',
  '+44 20',
  '@SUM(A1)',
  'a, b; c',
  '"quoted"',
  'two\nlines',
  'carriage\rreturn',
  'tab\there',
  '  outer  ',
  '[1] note',
  '["list"]',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  'C:\\x',
  '<top>',
  '</DOC>',
  'icontains:x',
  'NUL\0here',
  'half \ud800 pair',
  '😀 astral',
  '\ufeffmark',
  'é\u0301',
  '\u2028',
];

/** A text with something in it, at times hostile. */
export const text: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 3, arbitrary: fc.stringMatching(/^[a-z]{1,6}( [a-z]{1,6}){0,3}$/) },
    { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
  )
  .filter((one) => one.trim() !== '');

const plain = fc.stringMatching(/^[a-z][a-z0-9-]{0,7}$/);

const grade = fc.oneof(fc.integer({ min: -1, max: 3 }), fc.constantFrom(0.5, 1.25, 1e21));

const documents = (id: fc.Arbitrary<string>): fc.Arbitrary<CorpusDocument[]> =>
  fc.uniqueArray(
    fc.record({
      id,
      title: fc.oneof(fc.constant(''), text),
      text: fc.oneof(
        text,
        fc.tuple(text, text, text).map((parts) => parts.join('. ').concat('.')),
      ),
      metadata: fc.oneof(
        fc.constant({}),
        fc.record({ url: text, depth: fc.array(fc.integer()) }),
        fc.constant(JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, unknown>),
      ),
    }),
    { minLength: 1, maxLength: 5, selector: ({ id: one }) => one },
  );

interface SetShape {
  /** Ids and names of splits: any text, or plain ones. */
  readonly names: 'any' | 'plain';
  readonly corpus: 'always' | 'sometimes';
}

/** Golden sets with everything that the format of our own can hold. */
export function goldenSet({ names, corpus }: SetShape): fc.Arbitrary<WrittenSet> {
  const name = names === 'any' ? fc.oneof(plain, text) : plain;
  return documents(name).chain((all) => {
    const known = all.map(({ id }) => id);
    const document = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...known) },
      { weight: 1, arbitrary: name },
    );
    const quote = fc.oneof(
      fc.constantFrom(...all.map(({ id, text: quoted }) => ({ document: id, quote: quoted }))),
      fc.record({ document, quote: text }),
    );
    const answer = fc.oneof(
      text,
      fc.constantFrom(...all.map(({ text: said }) => said.split(' ')[0] || said)),
    );
    const question: fc.Arbitrary<GoldenQuestion> = fc.record({
      id: name,
      question: text,
      answers: fc.array(
        answer.filter((one) => one.trim() !== ''),
        { maxLength: 3 },
      ),
      forbidden: fc.array(text, { maxLength: 2 }),
      evidence: fc.array(fc.array(quote, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
      relevant: fc.array(fc.tuple(document, grade), { maxLength: 3 }).map((pairs) => new Map(pairs)),
      answerable: fc.boolean(),
      kind: fc.option(text, { nil: undefined }),
      difficulty: fc.option(text, { nil: undefined }),
      split: fc.option(fc.oneof(fc.constantFrom('dev', 'test'), name), { nil: undefined }),
      derived: fc.boolean(),
      tags: fc.array(text, { maxLength: 2 }),
      must: fc.boolean(),
    });
    return fc.record({
      name: fc.constant('made'),
      questions: fc.uniqueArray(question, { minLength: 1, maxLength: 5, selector: ({ id }) => id }),
      corpus: corpus === 'always' ? fc.constant(all) : fc.option(fc.constant(all), { nil: undefined }),
    });
  });
}

/** The same set with whatever a cell of a spreadsheet changes already gone. */
export function asInCells({ questions, ...set }: WrittenSet): WrittenSet {
  const cell = (value: string): string =>
    value
      .replaceAll('\0', '')
      .replace(/\p{Surrogate}/gu, '')
      .trim() || 'x';
  return {
    ...set,
    questions: questions.map((question, index) => ({
      ...question,
      id: `${index}${cell(question.id)}`,
      question: cell(question.question),
      kind: question.kind && cell(question.kind),
      difficulty: question.difficulty && cell(question.difficulty),
      split: question.split && cell(question.split),
    })),
  };
}
