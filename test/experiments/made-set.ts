import {
  type CorpusDocument,
  type GoldenQuestion,
  type GoldenSet,
  goldenQuestion,
} from '../../src/datasets/golden.ts';
import { type EngineOptions, engineSchema } from '../../src/engine/options.ts';
import { experimentSchema } from '../../src/experiments/options.ts';
import type { RunSetup } from '../../src/experiments/setup.ts';
import { sha256 } from '../../src/kernel/digest.ts';
import { systemClock } from '../../src/system/clock.ts';

const ISLANDS = [
  'Arran',
  'Canna',
  'Eigg',
  'Foula',
  'Gigha',
  'Iona',
  'Jura',
  'Lunga',
  'Muck',
  'Raasay',
  'Tiree',
  'Unst',
];
const ANSWERABLE = 16;

const built = (island: number, thing: number): string => String(1700 + island * 17 + thing * 3);
const sentence = (name: string, thing: string, year: string): string =>
  `The ${thing} of ${name} was built in ${year}.`;

const CORPUS: readonly CorpusDocument[] = ISLANDS.map((name, island) => ({
  id: name.toLowerCase(),
  title: `The island of ${name}`,
  text: ['harbour', 'bakery'].map((thing, index) => sentence(name, thing, built(island, index))).join(' '),
  metadata: {},
}));

const QUESTIONS: readonly GoldenQuestion[] = Array.from({ length: 20 }, (_, index) => {
  const name = ISLANDS[index % ISLANDS.length]!;
  const thing = index < ISLANDS.length ? 'harbour' : 'bakery';
  const year = built(index % ISLANDS.length, thing === 'harbour' ? 0 : 1);
  const answerable = index < ANSWERABLE;
  return goldenQuestion({
    id: `q${index}`,
    question: answerable
      ? `When was the ${thing} of ${name} built?`
      : `When was the lighthouse of ${name} built?`,
    answers: answerable ? [year] : [],
    evidence: answerable ? [[{ document: name.toLowerCase(), quote: sentence(name, thing, year) }]] : [],
    relevant: new Map(answerable ? [[name.toLowerCase(), 1]] : []),
    answerable,
    kind: answerable ? 'lookup' : 'unanswerable',
    difficulty: 'easy',
    split: 'test',
  });
});

/** A dozen islands, sixteen questions that they answer, and four on lighthouses that they do not have. */
export const MADE_SET: GoldenSet = {
  name: 'made islands',
  format: 'groundspeed',
  version: '1',
  licence: undefined,
  split: 'test',
  questions: QUESTIONS,
  corpus: CORPUS,
  warnings: [],
  questionsHash: sha256(JSON.stringify(QUESTIONS.map(({ id, question }) => [id, question]))),
  corpusHash: sha256(JSON.stringify(CORPUS)),
};

export interface MadeSetup extends Partial<Omit<RunSetup, 'engine' | 'options'>> {
  readonly indexFolder: string;
  readonly engine?: object;
  readonly options?: object;
}

/** A setup over the made set, as the command line would resolve it. */
export function setupOf({ engine = {}, options = {}, ...rest }: MadeSetup): RunSetup {
  return {
    golden: MADE_SET,
    ownIndex: false,
    seed: 7,
    clock: systemClock,
    command: ['bench'],
    redactedConfig: {},
    onEvent: () => undefined,
    ...rest,
    engine: engineOf(engine),
    options: experimentSchema.parse(options),
  };
}

/** Few dimensions: there are few documents. */
export function engineOf(settings: object): EngineOptions {
  return engineSchema.parse({ embedding: { dimensions: 8 }, ...settings });
}
