import type { QuestionRecord } from '../records/schema.ts';

/** Right answers by the one rule. */
export const RIGHT = 'right';
/** What is compared besides, over documents: a test of everything would, after Holm, find nothing. */
const DOCUMENTS = 'ndcg@10';
const WITHIN_TOKENS = /^evidence-recall@(\d+)tokens$/;

/** The evidence within so many tokens of passages, whatever their number. */
export const evidenceWithin = (tokens: number): string => `evidence-recall@${tokens}tokens`;

export interface MeasuredVariant {
  /** `path=value`. */
  readonly settings: readonly string[];
  /** How documents are cut into passages, as text; by default what its settings say of that. */
  readonly chunking?: string | undefined;
  readonly questions: readonly QuestionRecord[];
}

export interface ComparedMeasures {
  /** `right`, or names of measures that some variant has. */
  readonly names: readonly string[];
  /** Whether variants cut documents otherwise, so that k passages of one are not k of another. */
  readonly byTokens: boolean;
  readonly notes: readonly string[];
}

/**
 * What variants are compared by: right answers, and the ranking of documents. Where they cut documents into other passages,
 * what counts passages says nothing, for five long ones show more of the text than five short ones: instead it is the
 * evidence within a budget of tokens (Smith and Troynikov 2024), and right answers only where an answer was judged, not passages.
 */
export function comparedMeasures(variants: readonly MeasuredVariant[], within?: string): ComparedMeasures {
  const has = (name: string): boolean =>
    variants.some(({ questions }) => questions.some(({ scores }) => (scores[name] ?? null) !== null));
  const documents = variants.some(({ questions }) => questions.some(({ scores }) => DOCUMENTS in scores));
  const usual = [RIGHT, ...(documents ? [DOCUMENTS] : [])];
  if (new Set(variants.map(chunkingOf)).size < 2) return { names: usual, byTokens: false, notes: [] };

  const evidence = within ?? namesWithinTokens(variants)[0];
  const byPassages = Math.max(...variants.map(({ questions }) => questions.filter(isByPassages).length));
  const scored = variants.some(({ questions }) =>
    questions.some((question) => question.right !== 'unscored' && !isByPassages(question)),
  );
  const isKnown = evidence !== undefined && has(evidence);
  return {
    names: [...usual.filter((name) => name !== RIGHT || scored), ...(isKnown ? [evidence] : [])],
    byTokens: true,
    notes: [
      isKnown
        ? `These variants cut documents into passages of other lengths: they are compared by the evidence within ${tokensOf(evidence)} tokens (${evidence}), not by measures of the first k passages, of which long ones show more.`
        : 'These variants cut documents into passages of other lengths, which evidence within a budget of tokens would compare fairly; no question has a score of it. Measures of the first k passages are left out, for long passages show more.',
      ...(byPassages === 0
        ? []
        : [
            `${byPassages} questions are judged right by their first passages, and are left out of the right answers compared.`,
          ]),
    ],
  };
}

/** As `path=value` of what its settings say; nothing where that is the base's. */
const chunkingOf = ({ chunking, settings }: MeasuredVariant): string =>
  chunking ?? settings.filter((setting) => setting.startsWith('chunking.')).join(' ');

const namesWithinTokens = (variants: readonly MeasuredVariant[]): string[] =>
  Object.keys(variants[0]?.questions[0]?.scores ?? {}).filter((name) => WITHIN_TOKENS.test(name));

const tokensOf = (name: string): string => WITHIN_TOKENS.exec(name)![1]!;

/** Whether the rule for right looked at passages: there was no answer, or none to hold it against. */
export function isByPassages({ answerable, right, expected, returned }: QuestionRecord): boolean {
  if (!answerable || right === 'unscored' || returned === null || returned.abstained) return false;
  return returned.answer === null || expected.answers.length === 0;
}
