import type { FlipRecord, GateRecord, RunRecord } from '../../records/schema.ts';
import { doubts } from '../doubts.ts';
import { counted, MISSING } from '../format.ts';
import {
  flipTally,
  flipWords,
  gateCells,
  gateHeadline,
  isExplained,
  orderedFlips,
  orderedRows,
  questionWords,
  tally,
  weakerWords,
} from '../gate-words.ts';
import { clip, oneLine } from '../plain.ts';
import { VERDICTS } from '../words.ts';
import { byteLength, fittingLines, fittingTable } from './fit.ts';
import { pairedPart } from './paired-part.ts';
import { escapeMarkdown, table } from './text.ts';

/** What a comment on a pull request takes is 65,536 characters; all parts together stay below this many bytes. */
export const GATE_BYTES = 60_000;

/** Bytes, at most, of each part. */
const ROOM = { doubts: 4_000, rows: 16_000, flips: 14_000 };
/** More rows or questions than these never fit. */
const MOST_ROWS = 150;
/** Characters of one text. */
const LONGEST = { claim: 300, sentence: 900, cell: 240, answer: 200 };

/** gate.md: the verdict, its rows, what flipped and what cannot be seen; fits a comment on a pull request and a step summary. */
export function renderGateMarkdown(record: RunRecord): string {
  const { gate } = record;
  if (!gate) return '';
  const { verdict, claim, sentence } = gateHeadline({ gate, complete: record.complete });
  const head = [
    `## ${VERDICTS[verdict].mark} ${verdict}: ${escapeMarkdown(clip(claim, LONGEST.claim))}`,
    escapeMarkdown(clip(sentence, LONGEST.sentence)),
    doubtList(record),
    gatePart(record),
  ].filter((block) => block !== '');
  const foot = footer(record);
  const speed = folded('Speed, in turns', pairedPart(record));
  // The least needed goes first where there is no room.
  const whole = [...head, speed, foot].filter((block) => block !== '').join('\n\n');
  const text = byteLength(whole) + 1 < GATE_BYTES ? whole : [...head, foot].join('\n\n');
  return `${text}\n`;
}

/** The gate without its headline, as a part of a longer report. */
export function gatePart({ gate }: RunRecord): string {
  if (!gate) return '';
  const weaker = weakerWords(gate);
  const blocks = [
    escapeMarkdown(`${tally(gate) || 'Nothing was judged'}. A loss above zero is worse.`),
    isExplained(gate) ? '' : '> **No row decides this:** the run itself cannot be trusted, or was not whole.',
    weaker === '' ? '' : `> ${escapeMarkdown(clip(weaker, LONGEST.sentence))}`,
    rowTable(gate),
    escapeMarkdown(clip(questionWords(gate), LONGEST.sentence)),
    flipTable(gate),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function doubtList(record: RunRecord): string {
  const lines = doubts(record).map(
    ({ weight, text }) =>
      `> ${weight === 'stop' ? '**Do not trust:** ' : ''}${escapeMarkdown(clip(oneLine(clip(text, 1600)), 400))}\n>`,
  );
  return fittingLines(lines, ROOM.doubts).join('\n').replace(/\n>$/, '');
}

function rowTable(gate: GateRecord): string {
  const whole = table(
    [
      'Judged',
      'Verdict',
      'Baseline',
      'Candidate',
      'Loss',
      'Interval',
      'δ',
      'Adjusted p',
      'Of',
      'Why',
      'What moved',
    ],
    orderedRows(gate)
      .slice(0, MOST_ROWS)
      .map((row) => {
        const cells = gateCells(row);
        return [
          `${clip(cells.name, 120)}${row.primary ? ' (primary)' : ''}`,
          `${VERDICTS[row.verdict].mark} ${row.verdict}`,
          cells.baseline,
          cells.candidate,
          cells.loss,
          cells.interval,
          cells.delta,
          cells.p,
          cells.n,
          clip(cells.why, LONGEST.cell),
          clip(cells.moved, LONGEST.cell) || MISSING,
        ];
      }),
  );
  const { text, left: cut } = fittingTable(whole, ROOM.rows);
  const left = cut + Math.max(0, gate.rows.length - MOST_ROWS);
  return left === 0
    ? text
    : [text, `${counted(left, 'further row')} in the report.`].filter(Boolean).join('\n\n');
}

function flipTable(gate: GateRecord): string {
  if (gate.flips.length === 0) return '';
  const whole = table(
    ['Question', 'Kind', 'Mark', 'Baseline', 'Candidate'],
    orderedFlips(gate)
      .slice(0, MOST_ROWS)
      .map((flip) => [
        `${flip.must ? 'pinned: ' : ''}${short(flip.question)}`,
        clip(oneLine(flip.kind ?? MISSING), 60),
        flipWords(flip),
        side(flip.answerBefore, flip.topBefore),
        side(flip.answerAfter, flip.topAfter),
      ]),
  );
  const { text, left: cut } = fittingTable(whole, ROOM.flips);
  const left = cut + Math.max(0, gate.flips.length - MOST_ROWS);
  const more = left === 0 ? '' : `${counted(left, 'further question')} in the report.`;
  const title = `${counted(gate.flips.length, 'question')} that changed: ${flipTally(gate)}`;
  return folded(title, [text, more].filter((block) => block !== '').join('\n\n'));
}

/** The answer; where there is none the document on top. */
function side(answer: FlipRecord['answerBefore'], top: readonly string[]): string {
  return short(answer ?? top[0] ?? '') || MISSING;
}

/** Clipped first: what is cut need not be made safe. */
const short = (text: string): string => clip(oneLine(clip(text, 4 * LONGEST.answer)), LONGEST.answer);

const folded = (summary: string, body: string): string =>
  body === '' ? '' : `<details><summary>${escapeMarkdown(summary)}</summary>\n\n${body}\n\n</details>`;

/** With what it was measured. What it cannot see stands in the sentence under the headline. */
function footer({ environment, seed, id }: RunRecord): string {
  const facts = [environment.cpu, `groundspeed ${environment.groundspeed}`, `seed ${seed}`, `run ${id}`];
  return escapeMarkdown(clip(facts.join(' · '), LONGEST.sentence));
}
