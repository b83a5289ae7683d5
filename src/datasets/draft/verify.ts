import { containsAnswer } from '../../text/answers.ts';
import { type Span, sentences } from '../../text/sentences.ts';
import type { CorpusDocument, EvidenceQuote } from '../golden.ts';
import { excerpt } from '../lines.ts';
import { locateQuote } from '../quotes.ts';
import { type Draft, GAP, type Refusal } from './draft.ts';
import { LONGEST_QUOTE, uniqueQuote } from './unique-quote.ts';

/** What is wrong with a draft by itself and beside its documents. */
export interface Fault {
  readonly reason: Refusal;
  readonly detail: string;
}

/** Characters of a question and of an answer, at most. */
const LONGEST_QUESTION = 500;
const LONGEST_ANSWER = 400;

/** Question marks: Latin and Greek, full width, Arabic; with what may close behind them. */
const ENDS_AS_QUESTION = /(?:[?\u037e？؟⁇]|(?<=\p{Script=Greek});)["'”’»)\]」』\s]*$/u;
/** What a user who has never seen the passage would not say. */
const NAMES_ITS_SOURCE =
  /\b(?:(?:this|the|that|given|above|following|provided) (?:passage|excerpt|text|document|snippet|extract|context|paragraph)|passage \d|(?:ce|le|du) (?:passage|texte|document|extrait)\b)/iu;
/** "Is it A or B?" names the answer and gives nothing away. */
const CHOICE = /(?<![\p{L}\p{N}])(?:or|ou|o|oder)(?![\p{L}\p{N}])/iu;

export const isCloze = ({ kind }: Pick<Draft, 'kind'>): boolean => kind === 'cloze';

/** What is wrong with the words of a question and its answers. */
export function faultOfWords({ question, answers, kind, answerable }: Draft): Fault | undefined {
  const text = question.trim();
  if (!/[\p{L}\p{N}]/u.test(text)) return fault('no-question', `the question is ${excerpt(question)}`);
  if (text.length > LONGEST_QUESTION)
    return fault('too-long', `the question has ${text.length} characters; ${LONGEST_QUESTION} are allowed`);
  const long = answers.find((answer) => answer.length > LONGEST_ANSWER);
  if (long !== undefined)
    return fault('too-long', `an answer has ${long.length} characters; ${LONGEST_ANSWER} are allowed`);
  if (isCloze({ kind })) {
    if (text.split(GAP).length !== 2)
      return fault('not-a-question', `a cloze question has one ${GAP}, and no more`);
  } else if (!ENDS_AS_QUESTION.test(text)) {
    return fault('not-a-question', `it ends with ${excerpt(text.slice(-20))}`);
  }
  if (!answerable && answers.length > 0) {
    return fault('no-answer', `it is unanswerable, and has the answer ${excerpt(answers[0]!)}`);
  }
  if (answerable && kind !== 'known-item' && answers.length === 0) return fault('no-answer', 'it has none');
  if (answers.some((answer) => !/[\p{L}\p{N}\p{S}]/u.test(answer)))
    return fault('no-answer', 'an answer has no letter or digit');
  return undefined;
}

export function speaksOfItsSource(question: string): Fault | undefined {
  const found = NAMES_ITS_SOURCE.exec(question)?.[0];
  return found === undefined ? undefined : fault('names-its-source', `it says ${excerpt(found)}`);
}

export function faultOfLeak({ question, answers, kind }: Draft): Fault | undefined {
  if (!isCloze({ kind }) && CHOICE.test(question)) return undefined;
  const leaked = answers.find((answer) => containsAnswer(question, answer));
  return leaked === undefined
    ? undefined
    : fault('leaked-answer', `the answer ${excerpt(leaked)} stands in ${excerpt(question)}`);
}

/** Some answer stands in some quote, or the draft says that its answer is derived. */
export function faultOfAnswer({ answers, evidence, derived, answerable }: Draft): Fault | undefined {
  if (!answerable || derived || answers.length === 0) return undefined;
  const stands = evidence.some(({ quote }) => answers.some((answer) => containsAnswer(quote, answer)));
  return stands
    ? undefined
    : fault('answer-not-quoted', `${excerpt(answers[0]!)} stands in none of its quotes`);
}

/** The texts of a corpus by id, with their sentences, cut once. */
export class DocumentTexts {
  readonly #documents: ReadonlyMap<string, CorpusDocument>;
  readonly #sentences = new Map<string, readonly Span[]>();

  constructor(documents: Iterable<CorpusDocument>) {
    this.#documents = new Map(Array.from(documents, (document) => [document.id, document]));
  }

  get(id: string): CorpusDocument | undefined {
    return this.#documents.get(id);
  }

  sentencesOf(id: string): readonly Span[] {
    const known = this.#sentences.get(id);
    if (known !== undefined) return known;
    const found = sentences(this.#documents.get(id)?.text ?? '');
    this.#sentences.set(id, found);
    return found;
  }
}

export interface SettledQuote extends EvidenceQuote {
  readonly lengthened: boolean;
}

/**
 * A quote in its document's own characters, standing there once. Where it stands several times, the place inside
 * `near` is meant, and the sentences around it are added.
 */
export function settleQuote(
  { document: id, quote }: EvidenceQuote,
  texts: DocumentTexts,
  near?: Span,
): SettledQuote | Fault {
  const document = texts.get(id);
  if (document === undefined) return fault('invented-quote', `there is no document ${JSON.stringify(id)}`);
  if (!/[\p{L}\p{N}]/u.test(quote)) return fault('no-quote', 'a quote is empty');
  const places = quote.length > LONGEST_QUOTE * 4 ? [] : locateQuote(document.text, quote);
  const place =
    places.find(({ start, end }) => near !== undefined && start >= near.start && end <= near.end) ??
    places[0];
  if (place === undefined) {
    return fault('invented-quote', `${excerpt(quote)} does not stand in ${JSON.stringify(id)}`);
  }
  if (place.end - place.start > LONGEST_QUOTE) {
    return fault(
      'too-long',
      `a quote has ${place.end - place.start} characters; ${LONGEST_QUOTE} are allowed`,
    );
  }
  if (/[^\s\P{Cc}]/u.test(document.text.slice(place.start, place.end))) {
    return fault('no-quote', 'a quote holds control characters, which no sheet of a review can show');
  }
  const unique = uniqueQuote(document.text, place, texts.sentencesOf(id));
  if (unique === undefined) {
    return fault(
      'repeated-quote',
      `${excerpt(quote)} stands ${places.length} times in ${JSON.stringify(id)}`,
    );
  }
  return { document: id, quote: unique.quote, lengthened: unique.lengthened };
}

export const isFault = <T extends object>(value: T | Fault): value is Fault => 'reason' in value;

const fault = (reason: Refusal, detail: string): Fault => ({ reason, detail });
