import pc from 'picocolors';
import type { Answer } from '../engine/answer.ts';
import { bound, count, duration, score } from '../reporting/format.ts';
import { clip, oneLine } from '../reporting/plain.ts';
import { alignedRows } from './table.ts';

export interface TextView {
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

/** The document that `ask --json` prints. */
export function answerDocument(question: string, answer: Answer) {
  const { ids, scores } = answer.ranking;
  return {
    question,
    answer: answer.text,
    abstained: answer.abstained,
    confidence: answer.confidence,
    passages: answer.passages.map(({ key: _, ...passage }) => passage),
    contextSize: answer.contextSize,
    citations: answer.citations,
    ranking: ids.map((documentId, index) => ({ documentId, score: scores[index] })),
    stagesMs: answer.stages,
    totalMs: answer.totalMs,
    firstTokenMs: answer.firstTokenMs,
    cache: answer.cache,
    degraded: answer.degraded ?? null,
    usage: answer.usage,
    costUsd: answer.costUsd,
  };
}

/** What stands under an answer: confidence, sources with their scores, timings, caches. */
export function renderDetails(answer: Answer, view: TextView): string {
  const { dim } = pc.createColors(view.colour);
  const said = answer.abstained ? 'abstained' : 'answered';
  const cost = answer.costUsd > 0 ? ` · $${answer.costUsd.toFixed(6)}` : '';
  const tokens = answer.usage.inputTokens + answer.usage.outputTokens;
  const used = tokens > 0 ? ` · ${count(tokens)} tokens${cost}` : cost;
  const blocks = [
    [dim(`${said} with confidence ${score(answer.confidence)}${used}`), ...degradationLines(answer)],
    sourceLines(answer, view),
    [
      `${dim('Timings')} ${renderTimings({ ...answer.stages, total: answer.totalMs })}`,
      `${dim('Caches')}  ${Object.entries(answer.cache)
        .map(([layer, state]) => `${layer} ${state}`)
        .join(' · ')}`,
    ],
  ];
  return `\n${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** What the answer lacks, and why: nobody should take it for the full pipeline's. */
function degradationLines({ degraded }: Answer): string[] {
  return (degraded?.steps ?? []).map(({ level, reason }) => `degraded: ${level} (${reason})`);
}

export function renderTimings(timings: Readonly<Record<string, number>>): string {
  return Object.entries(timings)
    .map(([stage, ms]) => `${stage} ${ms === 0 ? bound(0) : duration(ms)}`)
    .join(' · ');
}

function sourceLines({ passages, citations, contextSize }: Answer, { colour, width }: TextView): string[] {
  const colours = pc.createColors(colour);
  if (passages.length === 0) return ['No passage was found.'];
  const cited = new Set(citations);
  const rows = alignedRows(
    passages.map(({ rank, score: points, documentId, title }, index) => [
      `${rank}`.padStart(2),
      score(points),
      cited.has(index) ? 'cited' : index < contextSize ? 'read' : 'cut',
      oneLine(documentId),
      oneLine(title),
    ]),
  );
  return [
    colours.bold('Sources'),
    ...passages.flatMap(({ text }, index) => [
      clip(rows[index]!, width),
      colours.dim(`    ${clip(oneLine(text), Math.max(20, width - 4))}`),
    ]),
  ];
}
