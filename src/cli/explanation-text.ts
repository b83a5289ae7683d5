import pc from 'picocolors';
import type { ExplainedDocument, Explanation, Place } from '../experiments/explain.ts';
import { counted, MISSING, score, significant } from '../reporting/format.ts';
import { clip, oneLine } from '../reporting/plain.ts';
import { funnelWords } from '../reporting/words.ts';
import { renderTimings, type TextView } from './answer-text.ts';
import { alignedRows } from './table.ts';

/** A question's way through the engine, for a terminal: the verdict first, then how it came to that. */
export function renderExplanation(explanation: Explanation, view: TextView): string {
  const { bold } = pc.createColors(view.colour);
  const blocks = [
    [bold(`${oneLine(explanation.id)}  ${oneLine(explanation.question)}`)],
    verdictLines(explanation),
    wayLines(explanation, view),
    evidenceLines(explanation, view),
    [`Timings  ${renderTimings(explanation.timings)}`],
  ].filter((lines) => lines.length > 0);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function verdictLines({ answerable, expected, answer, right, funnel, why, kind }: Explanation): string[] {
  const wanted = answerable
    ? expected.answers.map(oneLine).join(' | ') || 'no golden answer'
    : 'an abstention';
  const said = answer.abstained ? 'abstained' : `confidence ${score(answer.confidence)}`;
  return alignedRows([
    ['Expected', kind === null ? wanted : `${wanted} (${oneLine(kind)})`],
    ...(expected.forbidden.length > 0 ? [['Forbidden', expected.forbidden.map(oneLine).join(' | ')]] : []),
    ['Answered', `${oneLine(answer.text)} (${said})`],
    ['Verdict', `${right}: ${funnelWords(funnel).label}`],
    ['Why', oneLine(why)],
  ]);
}

function wayLines({ documents, settings }: Explanation, { colour, width }: TextView): string[] {
  const { bold, dim, green } = pc.createColors(colour);
  const { mode, fusion, topK, contextSize } = settings;
  const fused = mode === 'hybrid' ? `, fused by ${fusion}` : '';
  const title = `${mode} retrieval${fused}; ${counted(topK, 'passage')}, ${contextSize} of them read by the generator`;
  const reranked = documents.some((document) => document.reranked !== undefined);
  const heading = [
    '',
    'document',
    'keyword',
    'vector',
    'fused',
    ...(reranked ? ['reranked'] : []),
    'passage',
    '',
  ];
  const [first, ...rows] = alignedRows([
    heading,
    ...documents.map((document) => [
      document.relevant ? '✓' : ' ',
      clip(oneLine(document.id), 32),
      place(document.keyword),
      place(document.vector),
      place(document.fused),
      ...(reranked ? [place(document.reranked)] : []),
      fate(document),
      oneLine(document.title),
    ]),
  ]);
  const lines = rows.map((row, index) => {
    const line = clip(row, width);
    return documents[index]!.relevant ? green(line) : line;
  });
  return [bold(title), dim(first!), ...lines, dim('✓ relevant · rank (score) · a dash: not found')];
}

/** "3 (12.4)"; a dash where it was not found, nothing where nobody looked. */
function place(found: Place | null | undefined): string {
  if (found === undefined) return '';
  return found === null ? MISSING : `${found.rank} (${significant(found.score)})`;
}

function fate({ passageRank, inContext, cited }: ExplainedDocument): string {
  if (passageRank === null) return MISSING;
  return `${passageRank} ${cited ? 'cited' : inContext ? 'read' : 'cut'}`;
}

function evidenceLines({ evidence }: Explanation, { colour, width }: TextView): string[] {
  if (evidence.length === 0) return [];
  const { bold } = pc.createColors(colour);
  const groups = new Set(evidence.map(({ group }) => group)).size;
  const rows = evidence.map(({ group, document, quote, coveredAt }) => [
    groups > 1 ? `${group}` : '',
    coveredAt === null ? 'not retrieved' : `in passage ${coveredAt}`,
    oneLine(document),
    `“${oneLine(quote)}”`,
  ]);
  const needed =
    groups > 1 ? ' (one of each number is needed)' : evidence.length > 1 ? ' (one is enough)' : '';
  return [bold(`Evidence${needed}`), ...alignedRows(rows).map((row) => clip(row, width))];
}
