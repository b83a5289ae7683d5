import { type CorpusDocument, type EvidenceQuote, goldenQuestion } from '../golden.ts';
import { excerpt } from '../lines.ts';
import type { Losses } from '../loss.ts';
import { Entry, isObject } from './entry.ts';
import type { DraftDocument, DraftQuestion, Imported, Importer, ImportTask } from './importer.ts';
import type { JsonPath } from './json-place.ts';
import { questionFile } from './question-file.ts';
import { type JsonFile, readJson } from './records.ts';
import { refused } from './source.ts';
import { quoteAround, spanOf } from './spans.ts';

export const squad: Importer = {
  name: 'squad',
  reads:
    'SQuAD 1.1 and 2.0 (and what follows them, as XQuAD and MLQA): a document a paragraph, evidence from answer_start, is_impossible as unanswerable',
  detected: 'a JSON file with data[].paragraphs[].qas[]',
  detect: ({ start, fields }) =>
    fields.has('paragraphs') || (/"paragraphs"\s*:/.test(start) && /"(data|version)"\s*:/.test(start))
      ? 'data[].paragraphs[]'
      : undefined,
  read: readSquad,
};

/** What is gathered from one file. */
interface Gathered {
  readonly json: JsonFile;
  readonly losses: Losses;
  readonly questions: DraftQuestion[];
  readonly documents: DraftDocument[];
  /** How many paragraphs each title has had: ids are `Title#0`, `Title#1` and so on. */
  readonly paragraphs: Map<string, number>;
}

async function readSquad(task: ImportTask): Promise<Imported> {
  const file = await questionFile(task, /\.json$/i);
  const json = readJson(file);
  const gathered: Gathered = {
    json,
    losses: task.losses,
    questions: [],
    documents: [],
    paragraphs: new Map(),
  };
  const root = entryAt(json.value, [], json);
  const articles = listOf(root, 'data');
  for (const [index, article] of articles.entries()) readArticle(article, ['data', index], gathered);
  const version = root.optionalText('version');
  root.reportRest(task.losses, 'file');
  const { questions, documents } = gathered;
  return {
    questions,
    documents,
    read: {
      questions: questions.length,
      documents: documents.length,
      judgements: questions.reduce((sum, { question }) => sum + question.relevant.size, 0),
    },
    ownSplits: false,
    description: version === undefined ? undefined : `SQuAD ${version}`,
  };
}

function entryAt(value: unknown, path: JsonPath, json: JsonFile): Entry {
  if (!isObject(value)) {
    throw refused(json.where(path), `must be a JSON object, not ${excerpt(JSON.stringify(value) ?? '')}`, {
      hint: 'SQuAD is {"data": [{"title", "paragraphs": [{"context", "qas": [{"id", "question", "answers"}]}]}]}.',
    });
  }
  return new Entry(value, (field) => json.where(field === undefined ? path : [...path, field]));
}

function listOf(entry: Entry, name: string, otherwise?: readonly unknown[]): readonly unknown[] {
  const value = entry.value(name);
  if (Array.isArray(value)) return value;
  if (value === undefined && otherwise !== undefined) return otherwise;
  throw entry.wrong(
    name,
    value === undefined ? 'is missing' : 'must be a list',
    'SQuAD has lists for data, paragraphs, qas and answers.',
  );
}

function readArticle(value: unknown, path: JsonPath, gathered: Gathered): void {
  const article = entryAt(value, path, gathered.json);
  const title = article.optionalText('title') ?? '';
  for (const [index, paragraph] of listOf(article, 'paragraphs').entries()) {
    readParagraph(paragraph, [...path, 'paragraphs', index], { title, gathered });
  }
  article.reportRest(gathered.losses, 'SQuAD article');
}

function readParagraph(
  value: unknown,
  path: JsonPath,
  { title, gathered }: { title: string; gathered: Gathered },
): void {
  const paragraph = entryAt(value, path, gathered.json);
  const place = gathered.paragraphs.get(title) ?? 0;
  gathered.paragraphs.set(title, place + 1);
  const metadata = paragraph.value('metadata');
  const document = {
    id: paragraph.filledText('document_id') ?? `${title.trim() === '' ? 'paragraph' : title}#${place}`,
    title: paragraph.optionalText('document_title') ?? title.replaceAll('_', ' '),
    text: paragraph.text('context'),
    metadata: isObject(metadata) ? metadata : {},
  };
  gathered.documents.push({ document, where: paragraph.where });
  for (const [index, qa] of listOf(paragraph, 'qas').entries()) {
    gathered.questions.push(
      readQuestion(entryAt(qa, [...path, 'qas', index], gathered.json), document, gathered),
    );
  }
  paragraph.reportRest(gathered.losses, 'SQuAD paragraph');
}

function readQuestion(qa: Entry, document: CorpusDocument, { losses }: Gathered): DraftQuestion {
  const answerable = qa.boolean('is_impossible') !== true;
  const id = qa.text('id');
  if (id.trim() === '') throw qa.wrong('id', 'is empty');
  const answers: string[] = [];
  const quotes = new Set<string>();
  const listed = listOf(qa, 'answers', []);
  for (const value of listed) {
    const answer = isObject(value) ? new Entry(value, () => qa.where('answers')) : undefined;
    if (answer === undefined) throw qa.wrong('answers', 'must be a list of {text, answer_start}');
    const text = answer.text('text');
    if (text.trim() === '') continue;
    if (!answers.includes(text)) answers.push(text);
    const quote = quoteOf(answer, text, { document, losses });
    if (quote !== undefined) quotes.add(quote);
    answer.reportRest(losses, 'SQuAD answer');
  }
  if (!answerable && listed.length > 0) {
    losses.add({
      kind: 'answers-of-impossible',
      of: 'detail',
      what: 'answers of a question that is_impossible: it is unanswerable',
      where: () => qa.where('answers'),
      found: answers.join(', '),
    });
  }
  losePlausible(qa, losses);
  const group = Array.from(quotes, (quote): EvidenceQuote => ({ document: document.id, quote }));
  const question = goldenQuestion({
    id,
    question: qa.text('question'),
    answers: answerable ? answers : [],
    evidence: answerable && group.length > 0 ? [group] : [],
    // The paragraph was written for this question, and does not answer it.
    relevant: new Map([[document.id, answerable ? 1 : 0]]),
    answerable,
  });
  qa.reportRest(losses);
  return { question, where: qa.where };
}

/**
 * Plausible answers are no `forbidden` values: an unanswerable question is judged by abstention alone, and a good
 * abstention may well name what the text does say ("it gives the year of the treaty, not of the war").
 */
function losePlausible(qa: Entry, losses: Losses): void {
  const plausible = qa.value('plausible_answers');
  if (!Array.isArray(plausible) || plausible.length === 0) return;
  losses.add({
    kind: 'plausible-answers',
    of: 'detail',
    what: 'plausible answers of an unanswerable question: it is judged by abstention alone',
    where: () => qa.where('plausible_answers'),
    found: JSON.stringify(plausible),
  });
}

/** The sentence around the answer, widened until it stands once in its paragraph. */
function quoteOf(
  answer: Entry,
  text: string,
  { document, losses }: { document: CorpusDocument; losses: Losses },
): string | undefined {
  const start = answer.value('answer_start');
  if (start !== undefined && !(Number.isSafeInteger(start) && (start as number) >= -1)) {
    throw answer.wrong('answer_start', 'must be a whole number');
  }
  const { span, exact } = spanOf(document.text, text, start as number | undefined);
  if (!exact) {
    losses.add({
      kind: 'answer-start',
      of: 'detail',
      what:
        span === undefined
          ? 'an answer that does not stand in its paragraph: there is no evidence for it'
          : 'an answer_start that does not point at its answer: the first place where it stands is taken',
      where: () => answer.where('answer_start'),
      found: text,
    });
  }
  return span && quoteAround(document.text, span);
}
