import { type Command, InvalidArgumentError } from 'commander';
import { NEEDS, type Need } from '../dashboards/grafana/spec.ts';
import { SETUP_PARTS, type SetupPart } from './dashboards-setup-parts.ts';
import { displayFlags, settingFlags } from './flags.ts';
import { durationFlag, positiveFlag } from './quantities.ts';
import type { World } from './world.ts';

/** Dashboards and alerts: made from the metric catalogue, and proved. */
export function addDashboardCommands(program: Command, world: World, done: (exitCode: number) => void): void {
  const dashboards = program
    .command('dashboards')
    .description('Grafana dashboards and Prometheus alerts for the service');

  const build = folderFlag(dashboards.command('build'))
    .description('write dashboards, rules, Alertmanager and compose files, from the settings')
    .option(
      '--time-scale <n>',
      'multiply every window and every "for" of the rules: 0.01 rehearses in seconds what takes minutes; set monitoring.scrapeSeconds to 1',
      positiveFlag,
    );
  displayFlags(settingFlags(build)).action(async (flags) =>
    done(await (await import('./dashboards.ts')).dashboardsBuild(world, flags)),
  );

  const check = folderFlag(dashboards.command('check'))
    .description(
      'prove the files: schema, lint rules, queries, metrics, runbooks; with promtool and amtool where installed',
    )
    .option(
      '--prometheus <url>',
      'also ask this Prometheus: every query must have data, every rule be loaded, every target up, Alertmanager reached (GROUNDSPEED_PROMETHEUS_TOKEN: its token)',
    )
    .option(
      '--without <needs>',
      `what is not in use, with commas, so that its panels may be empty: ${NEEDS.join(', ')}; or ${SETUP_PARTS.join(', ')}`,
      needsFlag,
    )
    .option('--job <regex>', 'jobs of the service in that Prometheus (default: monitoring.job)')
    .option(
      '--over <time>',
      'take rates over so long, where there is little traffic: 1h (default: four scrapes)',
      durationFlag,
    )
    .option('--instance <regex>', 'instances of the service in that Prometheus (default: all)');
  displayFlags(settingFlags(check)).action(async (flags) =>
    done(await (await import('./dashboards.ts')).dashboardsCheck(world, flags)),
  );
}

function folderFlag(command: Command): Command {
  return command.option('--output <dir>', 'folder of the files', 'dashboards');
}

function needsFlag(text: string): (Need | SetupPart)[] {
  const known: readonly string[] = [...NEEDS, ...SETUP_PARTS];
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.filter((word) => !known.includes(word));
  if (unknown.length > 0)
    throw new InvalidArgumentError(`must be of ${known.join(', ')}; not ${unknown.join(', ')}`);
  return words as (Need | SetupPart)[];
}
