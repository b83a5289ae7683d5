import type { RunRecord } from '../../records/schema.ts';
import {
  dependencyRow,
  differenceRow,
  mainArm,
  orderedDifferences,
  promiseRow,
  windowRows,
  windowTitle,
} from '../drill.ts';
import { worthSentences } from '../drill-words.ts';
import { count, MISSING } from '../format.ts';
import { clip, oneLine } from '../plain.ts';
import { VERDICTS } from '../words.ts';
import { escapeMarkdown, table, titled } from './text.ts';

const LONGEST = 200;

/** A drill without its headline: promises, windows, the worth of patterns, dependencies and faults. */
export function drillPart({ drill }: RunRecord): string {
  if (!drill) return '';
  const main = mainArm(drill);
  const promises = table(
    ['Promise', 'Verdict', 'Observed', 'Bound', 'Why'],
    drill.promises.map((promise) => {
      const row = promiseRow(promise);
      return [
        clip(row.text, LONGEST),
        `${VERDICTS[row.verdict].mark} ${row.verdict}`,
        row.observed,
        row.bound,
        clip(row.reason, LONGEST),
      ];
    }),
  );
  const windows =
    main === undefined || main.windows.length === 0
      ? ''
      : table(
          ['', ...main.windows.map(windowTitle)],
          windowRows(main).map(({ name, cells }) => [
            name,
            ...cells.map(({ value, interval }) => (interval === MISSING ? value : `${value} (${interval})`)),
          ]),
        );
  const worth = table(
    ['Pattern', 'Window', 'Of', 'With it', 'Without', 'Worth', '95 % interval', 'Verdict'],
    orderedDifferences(drill)
      .map(differenceRow)
      .map((row) => [
        clip(row.pattern, LONGEST),
        row.window,
        row.of,
        row.withIt,
        row.without,
        row.worth,
        row.interval,
        row.word,
      ]),
  );
  const dependencies = table(
    ['Dependency', 'Calls', 'Attempts', 'Retries', 'Refused', 'Amplification', 'Herd'],
    (main?.dependencies ?? []).map(dependencyRow).map((row) => Object.values(row)),
  );
  const faults = table(
    ['Fault', ...drill.arms.map(({ name }) => clip(oneLine(name), LONGEST))],
    drill.faults.map(({ text }) => [
      clip(oneLine(text), LONGEST),
      ...drill.arms.map(({ injected }) => count(injected.find(({ fault }) => fault === text)?.count)),
    ]),
  );
  const sentences = worthSentences(drill)
    .map((sentence) => `- ${escapeMarkdown(sentence)}`)
    .join('\n');
  return [
    `*${escapeMarkdown(drill.fear)}*`,
    titled('What was promised', promises),
    titled('Before, during and after', windows),
    titled('What each pattern is worth', [sentences, worth].filter(Boolean).join('\n\n')),
    titled('What the dependencies went through', dependencies),
    titled('Faults, and the calls that they hit', faults),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}
