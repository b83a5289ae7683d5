import { GroundspeedError } from '../../kernel/errors.ts';
import type { CorpusDocument, GoldenQuestion } from '../golden.ts';
import { pointsOf, quoteAround } from '../import/spans.ts';
import type { Losses } from '../loss.ts';
import { locateQuote, type Span } from '../quotes.ts';
import { type Exporter, loseDetails, placeOf } from './exporter.ts';

interface Answer {
  readonly text: string;
  readonly answer_start: number;
}

interface Placed {
  readonly document: string;
  readonly answers: readonly Answer[];
}

export const squad: Exporter = {
  name: 'squad',
  writes:
    'squad.json in the format of SQuAD 2.0: a paragraph a document (its id in document_id), answers with answer_start counted in characters as Python counts them',
  write({ questions, corpus }, losses) {
    if (corpus === undefined) {
      throw new GroundspeedError(
        'dataset.missing',
        'SQuAD asks about paragraphs, and this golden set has no corpus.',
        {
          hint: 'Import it with --corpus first, or export it as csv, jsonl, ragas or promptfoo.',
        },
      );
    }
    const texts = new Map(corpus.map(({ id, text }) => [id, text]));
    const asked = new Map<string, object[]>();
    let kept = 0;
    let judgements = 0;
    for (const question of questions) {
      const placed = place(question, texts, losses);
      if (placed === undefined) continue;
      const { id, question: text, answerable } = question;
      const qa = { id, question: text, answers: placed.answers, is_impossible: !answerable };
      asked.set(placed.document, [...(asked.get(placed.document) ?? []), qa]);
      kept += 1;
      judgements += reportLosses(question, placed, { text: texts.get(placed.document)!, losses });
    }
    return {
      files: { 'squad.json': pieces(corpus, asked) },
      kept: { questions: kept, documents: corpus.length, judgements },
    };
  },
};

/** Written article by article: one text of a large corpus could exceed the longest string there can be. */
function* pieces(corpus: readonly CorpusDocument[], asked: ReadonlyMap<string, object[]>): Generator<string> {
  const articles = new Map<string, CorpusDocument[]>();
  for (const document of corpus) {
    const article = articles.get(document.title);
    if (article === undefined) articles.set(document.title, [document]);
    else article.push(document);
  }
  yield '{"version": "v2.0", "data": [';
  let separator = '\n';
  for (const [title, documents] of articles) {
    const paragraphs = documents.map(({ id, text, metadata }) => ({
      document_id: id,
      document_title: title,
      context: text,
      ...(Object.keys(metadata).length > 0 && { metadata }),
      qas: asked.get(id) ?? [],
    }));
    yield `${separator}${JSON.stringify({ title, paragraphs })}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** The paragraph that a question is asked of, and where its answers stand in it; undefined, with a loss, without one. */
function place(
  question: GoldenQuestion,
  texts: ReadonlyMap<string, string>,
  losses: Losses,
): Placed | undefined {
  const graded = [...question.relevant].sort(([, a], [, b]) => b - a).map(([document]) => document);
  if (!question.answerable) {
    const judged = graded.toReversed().find((document) => texts.has(document));
    if (judged !== undefined) return { document: judged, answers: [] };
  } else {
    const relevant = graded.filter((document) => question.relevant.get(document)! > 0);
    const documents = new Set([...question.evidence.flat().map((quote) => quote.document), ...relevant]);
    for (const document of documents) {
      const text = texts.get(document);
      const answers = text === undefined ? [] : answersIn(question, document, text);
      if (answers.length > 0) return { document, answers };
    }
  }
  const what = question.answerable
    ? 'a question of which no answer stands verbatim in a relevant document'
    : 'an unanswerable question that was judged for no document: SQuAD asks of a paragraph';
  const where = placeOf(question);
  losses.add({ kind: 'no-span', of: 'question', what, where, found: question.question });
  losses.add(
    { kind: 'no-span', of: 'judgement', what: `judgements of ${what}`, where },
    question.relevant.size,
  );
  return undefined;
}

/** Where the answers stand: within the evidence, where the question has some in this document. */
function answersIn(question: GoldenQuestion, document: string, text: string): Answer[] {
  const quotes = question.evidence.flat().filter((quote) => quote.document === document);
  const spans: Span[] = quotes.flatMap(({ quote }) => locateQuote(text, quote).slice(0, 1));
  const within = spans.length > 0 ? spans : [{ start: 0, end: text.length }];
  return question.answers.flatMap((answer) => {
    const found = within.flatMap((span) => occurrences(text, answer, withSpace(text, span)));
    // Of several, one whose sentence is the evidence: from there the same evidence is made again.
    const best =
      found.find((span) => quotes.some(({ quote }) => quote === quoteAround(text, span))) ?? found[0];
    return best === undefined ? [] : [{ text: answer, answer_start: pointsOf(text, best.start) }];
  });
}

/** With the white space around it: a quote is trimmed, an answer need not be. */
function withSpace(text: string, { start, end }: Span): Span {
  let [from, to] = [start, end];
  while (from > 0 && /\s/.test(text.charAt(from - 1))) from -= 1;
  while (to < text.length && /\s/.test(text.charAt(to))) to += 1;
  return { start: from, end: to };
}

/** Past so many places, the first will do: an answer of one letter stands everywhere. */
const TRIED = 20;

function occurrences(text: string, answer: string, { start, end }: Span): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf(answer, start); at >= 0 && at + answer.length <= end; ) {
    spans.push({ start: at, end: at + answer.length });
    if (spans.length === TRIED) break;
    at = text.indexOf(answer, at + 1);
  }
  return spans;
}

/** What the paragraph and its spans do not say of a question. Gives back how many of its judgements they do. */
function reportLosses(
  question: GoldenQuestion,
  { document, answers }: Placed,
  { text, losses }: { text: string; losses: Losses },
): number {
  const where = placeOf(question);
  loseDetails(question, ['forbidden', 'kind', 'difficulty', 'split', 'derived', 'tags', 'must'], {
    format: 'SQuAD',
    losses,
  });
  const lose = (kind: string, what: string, found: string): void =>
    losses.add({ kind, of: 'detail', what, where, found });
  const spans = new Set(answers.map((answer) => answer.text));
  for (const answer of question.answers) {
    if (!spans.has(answer)) lose('answer', 'an answer that does not stand verbatim in the paragraph', answer);
  }
  const held = new Set(answers.map((answer) => quoteAround(text, spanAt(text, answer))));
  const same =
    question.evidence.length === (held.size > 0 ? 1 : 0) &&
    question.evidence.flat().length === held.size &&
    question.evidence.flat().every((quote) => quote.document === document && held.has(quote.quote));
  if (!same && question.evidence.length > 0) {
    lose('evidence', 'evidence beyond the sentence around the answer', JSON.stringify(question.evidence));
  }
  const grade = question.relevant.get(document);
  const usual = question.answerable ? 1 : 0;
  if (grade !== undefined && grade !== usual) lose('grade', 'a grade: SQuAD has none', String(grade));
  const kept = grade === undefined ? 0 : 1;
  losses.add(
    { kind: 'judgement', of: 'judgement', what: 'judgements of other documents than the paragraph', where },
    question.relevant.size - kept,
  );
  return kept;
}

function spanAt(text: string, { text: answer, answer_start: points }: Answer): Span {
  let at = 0;
  for (let passed = 0; passed < points; passed += 1) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return { start: at, end: at + answer.length };
}
