import { join } from 'node:path';
import type { Decided } from '../datasets/draft/decide.ts';
import { RULE_KINDS } from '../datasets/draft/draft.ts';
import { count, counted, usd } from '../reporting/format.ts';
import { escapeMarkdown } from '../reporting/markdown/text.ts';
import { clip, oneLine } from '../reporting/plain.ts';
import type { DraftFacts } from './dataset-generate-facts.ts';
import { REVIEW_CSV } from './dataset-generate-files.ts';
import { shellWord } from './shell.ts';
import { alignedRows } from './table.ts';

/** What is known of a golden set that came from a review. */
export interface SetFacts {
  readonly name: string;
  readonly questions: number;
  readonly documents: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly counts: Decided['counts'];
  readonly undecided: 'keep' | 'drop' | undefined;
  /** Undefined where nothing says how the drafts came about. */
  readonly origin:
    | {
        readonly method: 'model' | 'cloze';
        readonly seed: number | undefined;
        readonly model: string | undefined;
      }
    | undefined;
}

const FLATTERS =
  'Cloze and known-item questions repeat the words of the documents: they flatter keyword search, and are no substitute for questions that people ask.';

/** Examples of refused drafts that are shown for each reason. */
const EXAMPLES = 1;

export function draftSummary(facts: DraftFacts, output: string): string {
  const { drafted, doubted, documents, refused, model, method } = facts;
  const lines = [
    `${counted(drafted, 'question')} drafted from ${counted(documents.read, 'document')}: ${kindsOf(facts.kinds)}`,
  ];
  if (doubted > 0) lines.push(`${count(doubted)} of them with a doubt that the review names`);
  if (model !== null) lines.push(costLine(model));
  if (refused.length > 0) {
    const rows = refused.flatMap((one) => [
      [`  ${count(one.count)}`, one.meaning],
      ...one.examples
        .slice(0, EXAMPLES)
        .map((example) => ['', `for example, ${clip(oneLine(example.detail), 150)}`]),
    ]);
    lines.push('', 'Refused', ...alignedRows(rows));
  }
  if (method === 'cloze') lines.push('', FLATTERS);
  const review = join(output, REVIEW_CSV);
  lines.push(
    '',
    `Fill in the column keep of ${review} (accept, edit or drop), then:`,
    `  groundspeed dataset generate --accept ${shellWord(review)} --output my-set`,
  );
  return `${lines.join('\n')}\n`;
}

function costLine({ name, calls, tokens, costUsd }: NonNullable<DraftFacts['model']>): string {
  const again = calls.retried === 0 ? '' : `, ${count(calls.retried)} tried again`;
  const cost = costUsd === null ? 'cost unknown: its price is not in generation.prices' : usd(costUsd);
  return `${oneLine(name)}: ${count(calls.answered)} ${calls.answered === 1 ? 'reply' : 'replies'}${again}, ${count(tokens.inputTokens)} tokens in, ${count(tokens.outputTokens)} out, ${cost}`;
}

export function acceptSummary({ questions, documents, kinds, counts }: SetFacts, output: string): string {
  const undecided = counts.undecided === 0 ? '' : `, ${count(counts.undecided)} undecided`;
  return [
    `${count(counts.accepted)} accepted, ${count(counts.edited)} edited, ${count(counts.dropped)} dropped${undecided}`,
    `The golden set in ${output} has ${counted(questions, 'question')} (${kindsOf(kinds)}) over ${counted(documents, 'document')}. To look it over and to use it:`,
    `  groundspeed dataset check ${shellWord(output)}`,
    `  groundspeed evaluate --dataset ${shellWord(output)}`,
    '',
  ].join('\n');
}

/** Questions by kind; those without one are counted as such. */
export function countKinds(
  questions: readonly { readonly kind: string | undefined }[],
): Record<string, number> {
  const kinds = new Map<string, number>();
  for (const { kind = 'no kind' } of questions) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return Object.fromEntries(kinds);
}

function kindsOf(kinds: Readonly<Record<string, number>>): string {
  return Object.entries(kinds)
    .map(([kind, number]) => `${count(number)} ${oneLine(kind)}`)
    .join(', ');
}

/** The first line of a README that this command wrote, by which it knows its own. */
export const README_MARK = '<!-- Written by groundspeed dataset generate. -->';

/** What stands beside a golden set of reviewed drafts, for whoever finds it later. */
export function readme(facts: SetFacts): string {
  const { name, questions, documents, kinds, counts, origin, undecided } = facts;
  const byRules = (RULE_KINDS as readonly string[]).some((kind) => (kinds[kind] ?? 0) > 0);
  const onlyRules = Object.keys(kinds).every((kind) => (RULE_KINDS as readonly string[]).includes(kind));
  const rows = Object.entries(kinds).map(([kind, number]) => `| ${escapeMarkdown(kind)} | ${number} |`);
  const paragraphs = [
    README_MARK,
    `# ${escapeMarkdown(name)}`,
    `A golden set of ${counted(questions, 'question')} over ${counted(documents, 'document')}. The questions were ${originWords(origin)}, not asked by users. All bear the tag \`generated\`; those that a reviewer changed, \`edited\` too.`,
    ['| kind | questions |', '| --- | ---: |', ...rows].join('\n'),
    `Of the drafts ${counts.accepted} were accepted, ${counts.edited} edited and ${counts.dropped} dropped${undecidedWords(counts.undecided, undecided)}.`,
    '## What its numbers mean',
    ...(byRules
      ? [
          `**${onlyRules ? 'These' : 'The `cloze` and `known-item`'} questions flatter keyword search.** A cloze question is a sentence of a document with a gap in it, a known-item question names a heading: both repeat the words of what is to be found, as people's questions do not. They show that a pipeline works, and that a change broke it. They do not show which of two ways to search is better for people, and are no substitute for questions that people ask.`,
        ]
      : []),
    ...(onlyRules
      ? []
      : [
          'Questions that a model writes from a passage are easier than those of people who do not know the passage, and share its words more often. Compare variants on them with care, and add questions from your logs as soon as you have some.',
        ]),
    'Evidence quotes were verified to stand word for word in their documents. Whether another document answers a question too was not looked at by anybody, unless the reviewers did.',
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

function originWords(origin: SetFacts['origin']): string {
  if (origin === undefined) return 'drafted by a program';
  const seed = origin.seed === undefined ? '' : ` (seed ${origin.seed})`;
  if (origin.method === 'cloze') return `drafted by rules, without a model${seed}`;
  return `drafted by ${origin.model === undefined ? 'a language model' : `the language model ${escapeMarkdown(origin.model)}`}${seed}`;
}

function undecidedWords(number: number, flag: SetFacts['undecided']): string {
  if (number === 0) return '';
  return flag === 'keep'
    ? `; ${number} that nobody looked at were kept as they were drafted`
    : `; ${number} that nobody decided on were left out`;
}
