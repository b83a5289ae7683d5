import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { type RunRecord, recordSchema } from '../../src/records/schema.ts';
import { type AnsweringService, answeringService, type Deed } from '../servers/answering-service.ts';
import { cli, type Ended, workFolder } from './cli.ts';

/** Thirty questions in a spreadsheet, and an endpoint: all that it takes to begin. */
const QUESTIONS = Array.from({ length: 30 }, (_, nth) => ({
  question: `What does item ${nth} cost?`,
  answer: `${nth + 100} crowns`,
  source: `price-list-${nth}`,
}));
const SPREADSHEET = [
  'question,answer,source',
  ...QUESTIONS.map(({ question, answer, source }) => `${question},${answer},${source}`),
].join('\n');

/** Called after each test of whoever imports this. */
export const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

export async function service(behave: (nth: number, question: string) => Deed): Promise<AnsweringService> {
  const started = await answeringService(behave);
  cleanups.push(() => started.stop());
  return started;
}

export function folder(files: Readonly<Record<string, string>> = {}): string {
  const made = workFolder({ 'questions.csv': SPREADSHEET, ...files });
  cleanups.push(made.remove);
  return made.path;
}

/** Answers as the golden set has it, or what `overrides` says. */
export function rightAnswer(question: string, overrides: Readonly<Record<string, unknown>> = {}): Deed {
  const found = QUESTIONS.find((one) => one.question === question);
  return {
    after: 5,
    body: { answer: `It costs ${found?.answer}.`, sources: [{ id: found?.source }], ...overrides },
  };
}

export const QUICK = ['--dataset', 'questions.csv', '--duration', '1s', '--warmup', '0', '--timeout', '2s'];

export const load = (cwd: string, url: string, ...argv: string[]): Promise<Ended> =>
  cli(['load', '--target', url, ...QUICK, ...argv], { cwd });

/** Ran to its end. On a machine that others use, a run may well call itself invalid: that is not what these tests are about. */
export function ranThrough({ code, err }: Ended): void {
  expect({ code, err }).toSatisfy(() => code === 0 || code === 7);
}

export const latest = (cwd: string): RunRecord =>
  recordSchema.parse(JSON.parse(readFileSync(join(cwd, 'reports/latest/record.json'), 'utf8')));

export function phaseOf(record: RunRecord) {
  const phase = record.load!.phases.at(-1)!;
  const { arrivals, completed, errors, timeouts, dropped } = phase;
  expect(completed + errors + timeouts + dropped).toBe(arrivals);
  expect(Object.values(phase.funnel).reduce((sum, count) => sum + count, 0)).toBe(arrivals);
  return phase;
}
