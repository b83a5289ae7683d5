import { isSpaced, jsonFieldText, setJsonField } from './json-field.ts';

type Grades = ReadonlyMap<string, number>;

const NEWLINE = 0x0a;

/** What a question's line gets. */
export interface LineGrades {
  /** Grades that the question has without saying so: those of its evidence, of a list of ids. */
  readonly implied: Grades;
  readonly added: Grades;
}

/**
 * The bytes of `questions.jsonl` with the field `relevant` of some lines (by number, from 1) getting more grades. Every
 * other line stays as it is, byte for byte, and every other field of those lines too.
 */
export function withGrades(bytes: Uint8Array, gradesByLine: ReadonlyMap<number, LineGrades>): Uint8Array {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  let number = 0;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    number += 1;
    const line = bytes.subarray(start, end);
    const grades = gradesByLine.get(number);
    pieces.push(grades === undefined ? line : encoder.encode(withRelevant(decoder.decode(line), grades)));
    start = end;
  }
  return joined(pieces);
}

/**
 * Grades that the line has are kept as they are written, and new ones put behind them. Where it has none, or a list of
 * ids, they are all written, by hand: as a JavaScript object the ids that are numbers would be put first.
 */
function withRelevant(line: string, { implied, added }: LineGrades): string {
  const before = jsonFieldText(line, 'relevant');
  if (before?.startsWith('{')) {
    const after = [...added].reduce((text, [id, grade]) => setJsonField(text, id, String(grade)), before);
    return setJsonField(line, 'relevant', after);
  }
  const gap = isSpaced(line) ? ' ' : '';
  const fields = [...implied, ...added].map(([id, grade]) => `${JSON.stringify(id)}:${gap}${grade}`);
  return setJsonField(line, 'relevant', `{${fields.join(`,${gap}`)}}`);
}

/**
 * The bytes of a BEIR judgement file with more judgements at its end, in its own kind of line ending. A judgement of the
 * same pair with a grade below 0, which counts as none, gives way.
 */
export function withJudgements(bytes: Uint8Array, added: ReadonlyMap<string, Grades>): Uint8Array {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const ending = text.includes('\r\n') ? '\r\n' : '\n';
  const kept = text
    .split(/(?<=\n)/)
    .filter((line) => {
      const [question = '', document = ''] = line.split('\t').map((cell) => cell.trim());
      return added.get(question)?.has(document) !== true;
    })
    .join('');
  const whole = kept === '' || kept.endsWith('\n') ? kept : `${kept}${ending}`;
  const lines = [...added].flatMap(([question, grades]) =>
    Array.from(grades, ([document, grade]) => `${question}\t${document}\t${grade}${ending}`),
  );
  return new TextEncoder().encode(whole + lines.join(''));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
