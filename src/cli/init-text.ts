import pc from 'picocolors';
import type { Explored } from '../experiments/explore-target.ts';
import { CONFIG_FILE, exampleSlo, type InitPlan, WORKFLOW_FILE } from '../experiments/init-files.ts';
import { clip, oneLine } from '../reporting/plain.ts';
import type { TextView } from './answer-text.ts';
import { shellWord } from './shell.ts';
import { changeLines, understoodLines } from './target-text.ts';

export interface InitDone {
  readonly files: readonly string[];
  readonly plan: InitPlan;
  readonly variables: readonly string[];
  readonly made: readonly { readonly name: string; readonly value: string }[];
  /** Undefined where nothing was asked. */
  readonly explored: Explored | undefined;
  /** The folder that the files are in. */
  readonly output: string;
}

/** What `init` prints: how the target was asked, what was understood, what was written, and what to do next. */
export function renderInit(done: InitDone, view: TextView): string {
  const { bold, green } = pc.createColors(view.colour);
  const { explored, files } = done;
  const blocks = [
    ...(explored === undefined
      ? [['Nothing was asked: the target is described by its preset alone.']]
      : exploredBlocks(explored, view)),
    [bold('Written'), ...files.map((file) => `${green('✓')} ${file}`)],
    [bold('Next'), ...nextLines(done).map((line, at) => `${at + 1}. ${line}`)],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function exploredBlocks({ asked, check, guessed }: Explored, view: TextView): string[][] {
  const { bold, dim } = pc.createColors(view.colour);
  const ways = asked.map(({ how, reason, status }) => {
    const told = `${oneLine(how)} ${dim(`(${oneLine(reason)})`)}`;
    return `  ${status}  ${told}`;
  });
  return [
    [
      `${bold('Asked')} ${clip(`${oneLine(check.target.url)}: ${oneLine(check.question.text)}`, view.width - 6)}`,
      ...ways,
    ],
    understoodLines(check, view),
    ...(guessed.length === 0 ? [] : [changeLines(guessed, view, { title: 'Guessed', file: false })]),
    ...(check.changes.length === 0 ? [] : [changeLines(check.changes, view)]),
  ];
}

function nextLines({ plan, variables, made, explored, output }: InitDone): string[] {
  const config = `--config ${CONFIG_FILE}`;
  const goThere = output === '.' ? [] : [`cd ${shellWord(output)}`];
  const given = made.map(({ name, value }) => `export ${name}=…  (${value}, which is not written down)`);
  const others = variables
    .filter((name) => !made.some((one) => one.name === name))
    .map((name) => `export ${name}=…`);
  return [
    ...goThere,
    ...(explored === undefined
      ? [
          `npx groundspeed target check ${config} --dataset ${plan.dataset}  shows what is understood of a reply`,
        ]
      : [`Look through ${CONFIG_FILE}: whatever was guessed is yours to mend`]),
    ...given,
    ...(explored === undefined ? others : []),
    `npx groundspeed load ${config} --dataset ${plan.dataset} --rate 1 --duration 1m --slo "${exampleSlo(plan)}"`,
    variables.length === 0
      ? `Commit ${WORKFLOW_FILE}: it runs every night, and on demand`
      : `Commit ${WORKFLOW_FILE}, and add ${variables.join(', ')} to the secrets of the repository`,
  ];
}
