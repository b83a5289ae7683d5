import { CATALOGUE } from '../../telemetry/catalogue.ts';
import type { Plan } from '../plan.ts';
import type { VariableSpec } from './spec.ts';

const build = CATALOGUE.buildInfo.name;
const run = CATALOGUE.loadInfo.name;

/** The job of the settings is chosen at first: all would be every job of a Prometheus that others use too. */
export function variablesOfService({ monitoring }: Plan): readonly VariableSpec[] {
  return [
    { name: 'job', label: 'Job', query: `label_values(${build}, job)`, current: monitoring.job },
    { name: 'instance', label: 'Instance', query: `label_values(${build}{job=~"$job"}, instance)` },
  ];
}

/** Of load generators, which have jobs and instances of their own, and runs. */
export const generatorVariables: readonly VariableSpec[] = [
  { name: 'load_job', label: 'Load job', query: `label_values(${run}, job)` },
  {
    name: 'load_instance',
    label: 'Load generator',
    query: `label_values(${run}{job=~"$load_job"}, instance)`,
  },
  {
    name: 'run',
    label: 'Run',
    query: `label_values(${run}{job=~"$load_job",instance=~"$load_instance"}, run_id)`,
  },
];
