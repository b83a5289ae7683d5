import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/datasets/assemble.ts';
import { joinQrels, parseQrels, parseQueries } from '../../src/datasets/beir.ts';
import { parseCorpus } from '../../src/datasets/corpus.ts';
import type { GoldenSet } from '../../src/datasets/golden.ts';
import { refuseDuplicates } from '../../src/datasets/ids.ts';
import { type LocatedQuestion, parseQuestions } from '../../src/datasets/questions.ts';
import { selectSplit } from '../../src/datasets/splits.ts';
import { parseTable } from '../../src/datasets/table.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { jsonLines } from './folders.ts';

const CORPUS = Buffer.from(
  jsonLines([
    { id: 'fares', title: 'Fares', text: 'Eine Überfahrt kostet 12 €.' },
    { id: 'pets', title: 'Pets', text: 'Dogs sail on a lead. 犬' },
    { id: 'crew', title: '', text: 'The captain sails.' },
  ]),
);

interface Format {
  readonly name: string;
  readonly bytes: Buffer;
  readonly parse: (bytes: Uint8Array) => LocatedQuestion[];
  /** Questions that the bytes hold, counted another way than the parser does. */
  readonly count: (text: string) => number;
}

const QUESTIONS = [
  {
    id: 'a',
    question: '¿Cuánto cuesta?',
    answers: ['12 €'],
    evidence: [{ document: 'fares', quote: 'kostet 12 €' }],
  },
  { id: 'b', question: 'May dogs sail?', answers: ['yes'], relevant: { pets: 2, fares: 0 } },
  { id: 'c', question: 'Who is the cook?', answerable: false },
];

const filled = (text: string): string[] => text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');

const FORMATS: readonly Format[] = [
  {
    name: 'questions.jsonl',
    bytes: Buffer.from(jsonLines(QUESTIONS)),
    parse: (bytes) => parseQuestions(bytes, 'questions.jsonl', { ids: 'required' }),
    count: (text) => text.split('\n').filter((line) => line.trim() !== '').length,
  },
  {
    name: 'queries.jsonl',
    bytes: Buffer.from(
      jsonLines(
        QUESTIONS.map(({ id, question, answers }) => ({ _id: id, text: question, metadata: { answers } })),
      ),
    ),
    parse: (bytes) => parseQueries(bytes, 'queries.jsonl'),
    count: (text) => text.split('\n').filter((line) => line.trim() !== '').length,
  },
  {
    name: 'questions.csv',
    bytes: Buffer.from(
      'question,answer,source\n¿Cuánto cuesta?,12 €,fares\nMay dogs sail?,yes,pets;fares\nWho cooks?,,crew\n',
    ),
    parse: (bytes) => parseTable(bytes, 'questions.csv'),
    count: (text) => filled(text).filter((line) => !/^[\s,]*$/.test(line)).length - 1,
  },
];

/** A set, or the error that a user sees. Any other error fails the test. */
function attempt(read: () => GoldenSet): GoldenSet | GroundspeedError {
  try {
    return read();
  } catch (error) {
    if (error instanceof GroundspeedError) return error;
    throw error;
  }
}

function read(format: Format, bytes: Uint8Array, corpus: Uint8Array): GoldenSet | GroundspeedError {
  return attempt(() => {
    const questions = format.parse(bytes);
    refuseDuplicates(questions);
    return assemble(
      {
        ...selectSplit(questions, undefined, format.name),
        name: 'fuzz',
        format: 'jsonl',
        manifest: {},
        corpus: parseCorpus(corpus, 'corpus.jsonl'),
        warnings: [],
      },
      { strict: false },
    );
  });
}

function expectWhole(result: GoldenSet | GroundspeedError, format: Format, bytes: Buffer): void {
  if (result instanceof GroundspeedError) {
    expect(result.exitCode).toBe(3);
    return;
  }
  const leftOut = result.warnings.filter(({ code }) => code === 'empty-question').length;
  expect(result.questions.length + leftOut).toBe(format.count(bytes.toString('utf8')));
}

describe.each(FORMATS)('a damaged $name', (format) => {
  it('gives an error, or all that the file still holds, wherever it is cut', () => {
    for (let length = 0; length <= format.bytes.length; length += 1) {
      const bytes = format.bytes.subarray(0, length);
      expectWhole(read(format, bytes, CORPUS), format, bytes);
    }
  });

  it('gives an error, or all that the file still holds, whichever bytes are changed', () => {
    const change = fc.tuple(fc.nat(format.bytes.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(format.bytes);
        for (const [at, byte] of changes) bytes[at] = byte;
        const result = read(format, bytes, CORPUS);
        if (!bytes.includes(0x22) || format.name.endsWith('.jsonl')) expectWhole(result, format, bytes);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a damaged corpus or qrels file', () => {
  it('keeps every whole document, or gives an error, wherever the corpus is cut', () => {
    for (let length = 0; length <= CORPUS.length; length += 1) {
      const result = read(FORMATS[0]!, FORMATS[0]!.bytes, CORPUS.subarray(0, length));
      if (result instanceof GroundspeedError) expect(result.exitCode).toBe(3);
      else expect(result.corpus).toHaveLength(filled(CORPUS.subarray(0, length).toString()).length);
    }
  });

  it('keeps every judgement, or gives an error, wherever the qrels are cut', () => {
    const qrels = 'query-id\tcorpus-id\tscore\na\tfares\t1\nb\tpets\t1\n';
    for (let length = 0; length <= qrels.length; length += 1) {
      const cut = qrels.slice(0, length);
      try {
        const { grades } = parseQrels(Buffer.from(cut), 'qrels/test.tsv');
        expect(grades.size).toBe(Math.max(0, filled(cut).length - 1));
      } catch (error) {
        expect(error).toMatchObject({ name: 'GroundspeedError', exitCode: 3 });
      }
    }
  });

  it('accounts for every judged query: it is asked, or it is a warning', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    fc.assert(
      fc.property(fc.uniqueArray(id), fc.uniqueArray(id), (asked, judged) => {
        const queries = parseQueries(Buffer.from(jsonLines(asked.map((_id) => ({ _id, text: '?' })))), 'q');
        const qrels = parseQrels(Buffer.from(judged.map((query) => `${query}\td\t1\n`).join('')), 'r');
        const { questions, warnings } = joinQrels(queries, qrels, 'test');
        expect(questions.length + warnings.length).toBe(judged.length);
      }),
    );
  });
});
