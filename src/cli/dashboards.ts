import { dashboardSpecs } from '../dashboards/build.ts';
import { checkFiles } from '../dashboards/check/check-files.ts';
import { type Finding, findingText, found } from '../dashboards/check/finding.ts';
import { liveQueries } from '../dashboards/check/live.ts';
import type { Need } from '../dashboards/grafana/spec.ts';
import { EXIT } from '../kernel/errors.ts';
import { loadSettings } from './configuration.ts';
import { planOf, readDashboards, writeDashboards } from './dashboards-files.ts';
import { askPrometheus, type LiveResult } from './dashboards-live.ts';
import { runTools, type ToolRun } from './dashboards-tools.ts';
import type { DisplayFlags, SettingFlags } from './flags.ts';
import { print, type World } from './world.ts';

interface FolderFlags extends DisplayFlags, SettingFlags {
  /** The folder of the files. */
  readonly output: string;
}

export interface DashboardsBuildFlags extends FolderFlags {
  readonly timeScale?: number;
}

export interface DashboardsCheckFlags extends FolderFlags {
  /** Where every query is asked. */
  readonly prometheus?: string;
  /** What is not in use, so that its panels may be empty. */
  readonly without?: readonly Need[];
  /** A regular expression for the jobs; by default the job of the settings. */
  readonly job?: string;
  readonly instance?: string;
  /** Milliseconds over which rates are taken, instead of four scrapes. */
  readonly over?: number;
}

/** Writes dashboards, rules and all that runs them. */
export async function dashboardsBuild(world: World, flags: DashboardsBuildFlags): Promise<number> {
  const { settings } = await loadSettings(world, flags);
  const { files, changed } = await writeDashboards(flags.output, planOf(settings, flags.timeScale));
  if (flags.json) {
    await print(world.stdout, `${JSON.stringify({ folder: flags.output, files, changed }, null, 2)}\n`);
  } else if (!flags.quiet) {
    const lines = changed.map((path) => `${flags.output}/${path}\n`);
    await print(
      world.stdout,
      `${lines.join('')}${files.length} files, ${changed.length} of them new or changed\n`,
    );
  }
  return EXIT.done;
}

/** Proves what can be proved of the files, alone or against a Prometheus. Ends with exit code 4 where anything is wrong. */
export async function dashboardsCheck(world: World, flags: DashboardsCheckFlags): Promise<number> {
  const { settings } = await loadSettings(world, flags);
  const checked = checkFiles(await readDashboards(flags.output));
  const tools = await runTools(flags.output);
  const live =
    flags.prometheus === undefined
      ? undefined
      : await askPrometheus(flags.prometheus, queriesOf(), new Set(flags.without));
  const findings = [
    ...checked.findings,
    ...tools.flatMap((tool) => tool.findings),
    ...(live ?? []).flatMap((result) => liveFinding(result)),
  ];
  const report = {
    ok: findings.length === 0,
    dashboards: checked.dashboards.length,
    queries: checked.queries,
    rules: checked.rules.length,
    tools,
    live,
    findings,
  };
  await print(
    world.stdout,
    flags.json ? `${JSON.stringify(report, null, 2)}\n` : flags.quiet && report.ok ? '' : reportText(report),
  );
  return report.ok ? EXIT.done : EXIT.gate;

  function queriesOf() {
    const { job = settings.monitoring.job, instance = '.+' } = flags;
    const variables = { job, instance, load_job: '.+', load_instance: '.+', run: '.+' };
    const { scrapeSeconds } = settings.monitoring;
    const rateSeconds = flags.over === undefined ? undefined : Math.ceil(flags.over / 1000);
    return liveQueries(checked.dashboards, {
      variables,
      scrapeSeconds,
      rateSeconds,
      specs: dashboardSpecs(planOf(settings)),
    });
  }
}

function liveFinding({ place, refId, query, status, message, needs }: LiveResult): Finding[] {
  if (status === 'data' || status === 'skipped') return [];
  const hint =
    status === 'failed' || needs === undefined
      ? ''
      : ` (it needs ${needs}: --without ${needs} where there is none)`;
  return [found({ ...place, query }, `live-${status}`, `query ${refId}: ${message}${hint}`)];
}

interface Report {
  readonly dashboards: number;
  readonly queries: number;
  readonly rules: number;
  readonly tools: readonly ToolRun[];
  readonly live: readonly LiveResult[] | undefined;
  readonly findings: readonly Finding[];
}

function reportText({ dashboards, queries, rules, tools, live, findings }: Report): string {
  const lines = [
    ...findings.map(findingText),
    `${dashboards} dashboards with ${queries} queries, ${rules} rules`,
    ...tools.map(({ program, file, outcome }) => `${program} ${file}: ${outcome}`),
    ...(live === undefined ? [] : [liveText(live)]),
    findings.length === 0
      ? 'nothing is wrong'
      : `${findings.length} ${findings.length === 1 ? 'thing is' : 'things are'} wrong`,
  ];
  return `${lines.join('\n')}\n`;
}

function liveText(live: readonly LiveResult[]): string {
  const count = (status: LiveResult['status']) => live.filter((result) => result.status === status).length;
  return `Prometheus: ${count('data')} of ${live.length} queries have data, ${count('empty')} no series, ${count('nan')} nothing but NaN, ${count('failed')} failed, ${count('skipped')} skipped`;
}
