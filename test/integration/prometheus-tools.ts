import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';

type Program = 'promtool' | 'amtool';

/** Why a program cannot be run here; undefined where it can. On CI it must be there. */
export function without(program: Program): string | undefined {
  const there = process.env.CI === 'true' || spawnSync(program, ['--version']).status === 0;
  return there ? undefined : `${program} is not installed`;
}

/** A folder with these files, which goes away with `remove`. */
export function folderOf(files: ReadonlyMap<string, string>): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'groundspeed-dashboards-'));
  for (const [name, text] of files) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs a program to its end: its exit code and all that it said. */
export function run(program: Program, args: readonly string[]): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 120_000 });
  return { code: status, said: `${stdout}${stderr}` };
}

export interface RuleTest {
  /** Seconds between two samples of the series. */
  readonly every: number;
  /** Series in promtool's notation: `0+5x20` begins at 0 and grows by 5, twenty times. */
  readonly series: Readonly<Record<string, string>>;
  /** At which minute to look. */
  readonly atMinute: number;
  readonly alert: string;
  /** Severities that fire then; none where it must be silent. */
  readonly firing: readonly string[];
}

/** Whether the rules of a folder do as the tests say, as promtool finds in one run; what it says where they do not. */
export function testRules(
  folder: string,
  ...tests: readonly RuleTest[]
): { code: number | null; said: string } {
  const file = join(folder, 'test.yml');
  writeFileSync(
    file,
    stringify({
      rule_files: ['prometheus/rules/*.yml'],
      evaluation_interval: '1m',
      tests: tests.map(({ every, series, atMinute, alert, firing }) => ({
        interval: `${every}s`,
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [
          {
            expr: `count by (severity) (ALERTS{alertname="${alert}",alertstate="firing"}) > bool 0`,
            eval_time: `${atMinute}m`,
            exp_samples: firing.map((severity) => ({ labels: `{severity="${severity}"}`, value: 1 })),
          },
        ],
      })),
    }),
  );
  return run('promtool', ['test', 'rules', file]);
}
