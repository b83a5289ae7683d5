import type { Settings } from '../config/settings.ts';
import { dashboardSpecs } from '../dashboards/build.ts';
import { type CheckedFiles, checkFiles } from '../dashboards/check/check-files.ts';
import { type Finding, findingText, found } from '../dashboards/check/finding.ts';
import { liveQueries } from '../dashboards/check/live.ts';
import { generatorJob } from '../dashboards/files/prometheus.ts';
import type { Need } from '../dashboards/grafana/spec.ts';
import { EXIT } from '../kernel/errors.ts';
import { loadSettings } from './configuration.ts';
import { planOf, readDashboards, writeDashboards } from './dashboards-files.ts';
import { askPrometheus, type LiveResult } from './dashboards-live.ts';
import { askSetup, type LiveSetup, setupText } from './dashboards-setup.ts';
import type { SetupPart } from './dashboards-setup-parts.ts';
import { runTools, type ToolRun } from './dashboards-tools.ts';
import type { DisplayFlags, SettingFlags } from './flags.ts';
import { type PrometheusAddress, TOKEN_VARIABLE } from './prometheus-api.ts';
import { print, type World } from './world.ts';

interface FolderFlags extends DisplayFlags, SettingFlags {
  /** The folder of the files. */
  readonly output: string;
}

export interface DashboardsBuildFlags extends FolderFlags {
  readonly timeScale?: number;
}

export interface DashboardsCheckFlags extends FolderFlags {
  /** Where every query is asked, and whether rules, targets and Alertmanager are as they should be. */
  readonly prometheus?: string;
  /** What is not in use, so that its panels may be empty. */
  readonly without?: readonly (Need | SetupPart)[];
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
  const asked =
    flags.prometheus === undefined
      ? undefined
      : await askLive(
          { url: flags.prometheus, token: world.env[TOKEN_VARIABLE] },
          { flags, settings, checked },
        );
  const findings = [
    ...checked.findings,
    ...tools.flatMap((tool) => tool.findings),
    ...(asked?.findings ?? []),
  ];
  const report = {
    ok: findings.length === 0,
    dashboards: checked.dashboards.length,
    queries: checked.queries,
    rules: checked.rules.length,
    tools,
    live: asked?.live,
    setup: asked?.setup,
    findings,
  };
  await print(
    world.stdout,
    flags.json ? `${JSON.stringify(report, null, 2)}\n` : flags.quiet && report.ok ? '' : reportText(report),
  );
  return report.ok ? EXIT.done : EXIT.gate;
}

interface LiveOrder {
  readonly flags: DashboardsCheckFlags;
  readonly settings: Settings;
  readonly checked: CheckedFiles;
}

async function askLive(
  at: PrometheusAddress,
  { flags, settings, checked }: LiveOrder,
): Promise<{ live: LiveResult[]; setup: LiveSetup; findings: Finding[] }> {
  const { job = settings.monitoring.job, instance = '.+', over } = flags;
  const without = new Set(flags.without);
  const plan = planOf(settings);
  const scraped = { job, instance, generatorJob: generatorJob(plan) };
  const { setup, findings } = await askSetup({ at, rules: checked.rules, ...scraped, without });
  const queries = liveQueries(checked.dashboards, {
    variables: { job, instance, load_job: '.+', load_instance: '.+', run: '.+' },
    scrapeSeconds: settings.monitoring.scrapeSeconds,
    rateSeconds: over === undefined ? undefined : Math.ceil(over / 1000),
    specs: dashboardSpecs(plan),
  });
  const live = await askPrometheus(at, queries, without as ReadonlySet<Need>);
  return { live, setup, findings: [...findings, ...live.flatMap((result) => liveFinding(result))] };
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
  readonly setup: LiveSetup | undefined;
  readonly findings: readonly Finding[];
}

function reportText({ dashboards, queries, rules, tools, live, setup, findings }: Report): string {
  const lines = [
    ...findings.map(findingText),
    `${dashboards} dashboards with ${queries} queries, ${rules} rules`,
    ...tools.map(({ program, file, outcome }) => `${program} ${file}: ${outcome}`),
    ...(setup === undefined ? [] : [setupText(setup)]),
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
