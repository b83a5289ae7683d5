import type { QuestionRecord, RunRecord } from '../../records/schema.ts';
import { count, counted, duration, score, share, significant } from '../format.ts';
import { clip, oneLine } from '../plain.ts';
import { funnelWords } from '../words.ts';
import { isWrong, questionNdcg, wereAsked, worstQuestions } from '../worst.ts';
import { html, type Markup, NOTHING, quoted } from './markup.ts';
import { lead, type Section } from './section.ts';

const SHOWN = 40;
/** Characters of one text that are shown; record.json holds the whole of it. */
const LONGEST = { question: 400, answer: 1200, quote: 600, passage: 1200 };
const LISTED = 5;

/** The questions to look at first: what was expected, what came, and where it went wrong. */
export function questionsSection({ questions, quality, load }: RunRecord): Section | undefined {
  if (!questions || !wereAsked(questions)) return undefined;
  const shown = worstQuestions(questions, SHOWN);
  const wrong = questions.filter(isWrong).length;
  const hidden = wrong - shown.filter(isWrong).length;
  const summary = `${wrong === 0 ? 'None' : count(wrong)} of ${counted(questions.length, 'question')} went wrong.${
    hidden > 0 ? ` ${count(hidden)} of them are not shown here.` : ''
  }${load && !quality ? ' What came is the first answer that each got under load.' : ''} All stand in questions.csv.`;
  return {
    id: 'questions',
    title: 'The questions to look at first',
    short: 'Questions',
    body: html`${lead(summary)}${filter(shown)}${shown.map(questionView)}`,
  };
}

function filter(questions: readonly QuestionRecord[]): Markup {
  const classes = new Map<string, number>();
  for (const { funnel } of questions) classes.set(funnel, (classes.get(funnel) ?? 0) + 1);
  if (classes.size < 2) return NOTHING;
  return html`<p id="question-filter" hidden><label>Show <select><option value="">all ${count(questions.length)}</option>${[
    ...classes,
  ].map(
    ([name, n]) => html`<option value="${name}">${funnelWords(name).label} (${count(n)})</option>`,
  )}</select></label></p>`;
}

function questionView(question: QuestionRecord, index: number): Markup {
  const ndcg = questionNdcg(question);
  const rank = question.firstRelevantRank;
  const meta = [
    html`<code>${clip(oneLine(question.id), 80)}</code>`,
    question.kind !== null && html`kind: ${clip(oneLine(question.kind), 60)}`,
    question.difficulty !== null && html`difficulty: ${clip(oneLine(question.difficulty), 60)}`,
    relevantTo(question).size > 0 &&
      (rank === null ? 'no relevant document ranked' : html`first relevant rank: ${count(rank)}`),
    ndcg !== null && html`nDCG: ${score(ndcg)}`,
    question.latencyMs !== null && duration(question.latencyMs),
  ];
  return html`<article class="question" data-funnel="${question.funnel}" aria-labelledby="question-${index}">
<h3 id="question-${index}">${quoted(clip(question.question, LONGEST.question))}</h3>
<p class="meta"><span class="badge${isWrong(question) && ' bad'}">${funnelWords(question.funnel).label}</span>${meta.map((part) => part && html`<span>${part}</span>`)}</p>
<div class="sides"><div><h4>Expected</h4>${expected(question)}</div><div><h4>Came</h4>${returned(question)}</div></div>
</article>
`;
}

function expected({
  answerable,
  expected: { answers, forbidden, evidence, relevant },
}: QuestionRecord): Markup {
  const quotes = evidence.flat();
  return html`${!answerable && html`<p>That it cannot be answered from the corpus.</p>`}${
    answers.length > 0 && texts(answers)
  }${forbidden.length > 0 && html`<p class="source">But not:</p>${texts(forbidden)}`}${quotes
    .slice(0, LISTED)
    .map(
      ({ document, quote }) =>
        html`<blockquote>${quoted(clip(quote, LONGEST.quote))} <span class="source">${documentName(document)}</span></blockquote>`,
    )}${
    quotes.length === 0 && relevant.length > 0 && html`<p class="source">Relevant: ${listed(relevant)}</p>`
  }${answerable && answers.length === 0 && quotes.length === 0 && relevant.length === 0 && html`<p class="none">Nothing is known to be right.</p>`}`;
}

function texts(items: readonly string[]): Markup {
  return html`<ul>${items.slice(0, LISTED).map((item) => html`<li>${quoted(clip(item, LONGEST.quote))}</li>`)}${
    items.length > LISTED && html`<li class="none">and ${count(items.length - LISTED)} more</li>`
  }</ul>`;
}

function listed(ids: readonly string[]): Markup {
  const more = ids.length - LISTED;
  return html`${ids.slice(0, LISTED).map((id, index) => html`${index > 0 && ', '}${documentName(id)}`)}${more > 0 && html` and ${count(more)} more`}`;
}

function documentName(id: string): Markup {
  return html`<code>${quoted(clip(oneLine(id), 80))}</code>`;
}

function returned(question: QuestionRecord): Markup {
  const came = question.returned;
  const failure =
    question.error !== null && html`<p>Failed: ${clip(oneLine(question.error), LONGEST.quote)}</p>`;
  if (!came) return html`${failure || html`<p class="none">Nothing.</p>`}`;
  return html`${failure}${came.abstained && html`<p>An abstention.</p>`}${
    came.answer === null
      ? html`<p class="none">No answer: passages only.</p>`
      : html`<blockquote>${quoted(clip(came.answer, LONGEST.answer))}</blockquote>`
  }${came.confidence !== null && html`<p class="source">Confidence ${share(came.confidence)}</p>`}${topDocuments(question)}${passages(question)}`;
}

function relevantTo({ expected: { relevant, evidence } }: QuestionRecord): Set<string> {
  return new Set([...relevant, ...evidence.flat().map(({ document }) => document)]);
}

/** The first documents of the ranking; a relevant one is marked by word and by ground. */
function topDocuments(question: QuestionRecord): Markup {
  const ranking =
    question.returned?.ranking ?? question.returned?.passages?.map(({ documentId }) => documentId);
  if (!ranking || ranking.length === 0) return html`<p class="none">No documents.</p>`;
  const relevant = relevantTo(question);
  const titles = new Map(question.returned?.passages?.map(({ documentId, title }) => [documentId, title]));
  return html`<p class="source">Top documents:</p><ol>${[...new Set(ranking)].slice(0, LISTED).map((id) => {
    const title = titles.get(id);
    const name = html`${documentName(id)}${title && html` ${quoted(clip(oneLine(title), 100))}`}`;
    return relevant.has(id)
      ? html`<li><span class="hit">${name} ✓ relevant</span></li>`
      : html`<li>${name}</li>`;
  })}</ol>`;
}

function passages(question: QuestionRecord): Markup {
  const found = question.returned?.passages ?? [];
  if (found.length === 0) return NOTHING;
  const relevant = relevantTo(question);
  const cited = new Set(question.returned?.citations);
  return html`<details><summary>${count(found.length)} ${found.length === 1 ? 'passage' : 'passages'}</summary>${found.map(
    ({ documentId, title, text, score: value }, index) =>
      html`<div class="passage"><span class="source">${index + 1}. ${documentName(documentId)}${title && html` ${quoted(clip(oneLine(title), 100))}`}${
        value !== null && ` · score ${significant(value)}`
      }${relevant.has(documentId) && ' · relevant'}${cited.has(index) && ' · cited'}</span><p>${
        text === null
          ? html`<span class="none">The target hides its text.</span>`
          : quoted(clip(text, LONGEST.passage))
      }</p></div>`,
  )}</details>`;
}
