import { GroundspeedError } from '../kernel/errors.ts';
import type { ParsedCorpus } from './corpus.ts';
import type { CorpusDocument, DatasetWarning, GoldenQuestion, GoldenSet } from './golden.ts';
import { hashCorpus, hashQuestions } from './hashes.ts';
import type { Manifest } from './manifest-check.ts';
import type { LocatedQuestion } from './questions.ts';
import { locateQuote } from './quotes.ts';

/** What the parsers made of a golden set's files, before it is checked as a whole. */
export interface DraftSet {
  readonly name: string;
  readonly format: GoldenSet['format'];
  readonly manifest: Manifest;
  readonly split: string | undefined;
  readonly questions: readonly LocatedQuestion[];
  readonly corpus: ParsedCorpus | undefined;
  readonly warnings: readonly DatasetWarning[];
}

/**
 * Joins questions and corpus into a golden set, and checks one against the other. Questions without text are left out,
 * with a warning; nothing else is. Throws `dataset.empty`, and under `strict` `dataset.warnings`.
 */
export function assemble(draft: DraftSet, options: { readonly strict: boolean }): GoldenSet {
  const corpus = draft.corpus?.documents;
  const sources = corpus && new CorpusSources(corpus);
  const located = draft.questions.map(({ question, where }) => ({
    question: sources === undefined ? question : sources.resolve(question),
    where,
  }));
  const questions = located.map(({ question }) => question).filter(hasText);
  const warnings = [
    ...draft.warnings,
    ...(draft.corpus?.warnings ?? []),
    ...located.flatMap((one) => [...checkQuestion(one), ...(sources?.check(one) ?? [])]),
  ];
  refuseEmpty(draft.name, questions, corpus);
  if (options.strict && warnings.length > 0) throw strictError(draft.name, warnings);
  return {
    name: draft.name,
    format: draft.format,
    version: draft.manifest.version,
    licence: draft.manifest.licence,
    split: draft.split,
    questions,
    corpus,
    warnings,
    questionsHash: hashQuestions(questions),
    corpusHash: corpus && hashCorpus(corpus),
  };
}

const hasText = ({ question }: GoldenQuestion): boolean => question.trim() !== '';

function refuseEmpty(
  name: string,
  questions: readonly GoldenQuestion[],
  corpus: readonly CorpusDocument[] | undefined,
): void {
  if (questions.length === 0) {
    throw new GroundspeedError(
      'dataset.empty',
      `The golden set ${name} has no question that could be asked.`,
      {
        hint: 'Look for an empty or truncated file, and for judgements of other queries than those in the set.',
      },
    );
  }
  if (corpus?.every(({ title, text }) => title.trim() === '' && text.trim() === '')) {
    throw new GroundspeedError(
      'dataset.empty',
      `The corpus of ${name} has no document with a title or text.`,
      {
        hint: 'Look for an empty or truncated corpus.jsonl.',
      },
    );
  }
}

function strictError(name: string, warnings: readonly DatasetWarning[]): GroundspeedError {
  const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
  return new GroundspeedError('dataset.warnings', `The golden set ${name} has ${count}.`, {
    hint: 'Mend them, or leave out --strict to run with warnings.',
    problems: warnings.map(({ code, message, where }) => `${where}: ${message} (${code})`),
  });
}

/** What is odd about a question by itself. */
function* checkQuestion({ question, where }: LocatedQuestion): Generator<DatasetWarning> {
  const name = JSON.stringify(question.id);
  if (!hasText(question)) {
    yield { code: 'empty-question', message: `Question ${name} has no text, and is left out.`, where };
    return;
  }
  const labelled =
    !question.answerable ||
    question.answers.length > 0 ||
    question.evidence.length > 0 ||
    [...question.relevant.values()].some((grade) => grade > 0);
  if (!labelled) {
    const message = `Question ${name} has neither answer, evidence nor relevant document, and cannot be scored.`;
    yield { code: 'unlabelled', message, where };
  }
}

/** The documents of a corpus by what questions call them. */
class CorpusSources {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #idsByUrl = new Map<string, string>();

  constructor(corpus: readonly CorpusDocument[]) {
    this.#texts = new Map(corpus.map(({ id, text }) => [id, text]));
    for (const { id, metadata } of corpus) {
      const url = metadata.url;
      if (typeof url === 'string' && !this.#texts.has(url)) this.#idsByUrl.set(url, id);
    }
  }

  /** The question with documents that it names by `metadata.url` named by id. */
  resolve(question: GoldenQuestion): GoldenQuestion {
    if (this.#idsByUrl.size === 0) return question;
    const relevant = [...question.relevant].map(
      ([name, grade]) => [this.#idsByUrl.get(name) ?? name, grade] as const,
    );
    return { ...question, relevant: new Map(relevant) };
  }

  /** Documents and quotes of a question that the corpus does not hold. */
  *check({ question, where }: LocatedQuestion): Generator<DatasetWarning> {
    const name = JSON.stringify(question.id);
    const quotes = question.evidence.flat();
    for (const id of new Set([...question.relevant.keys(), ...quotes.map((quote) => quote.document)])) {
      if (this.#texts.has(id)) continue;
      const message = `Question ${name} names document ${JSON.stringify(id)}, which is not in the corpus.`;
      yield { code: 'unknown-document', message, where };
    }
    for (const { document, quote } of quotes) {
      const text = this.#texts.get(document);
      if (text === undefined || locateQuote(text, quote).length > 0) continue;
      const message = `The evidence of question ${name} does not stand in document ${JSON.stringify(document)}.`;
      yield { code: 'unknown-quote', message, where };
    }
  }
}
