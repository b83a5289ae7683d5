import { configFile } from './init-config.ts';
import { CONFIG_FILE, exampleSlo, type InitPlan, variablesIn, WORKFLOW_FILE } from './init-plan.ts';

export {
  CONFIG_FILE,
  exampleSlo,
  type InitPlan,
  variablesIn,
  WORKFLOW_FILE,
  withReferences,
} from './init-plan.ts';

/** A file by its path below the folder that `init` writes to. */
export interface InitFile {
  readonly path: string;
  readonly content: string;
}

/** The files that `init` writes, as text. Pure. */
export function initFiles(plan: InitPlan): InitFile[] {
  return [
    { path: CONFIG_FILE, content: configFile(plan) },
    { path: WORKFLOW_FILE, content: workflowFile(plan) },
  ];
}

/** The workflow for GitHub: every night, and when it is asked for. */
function workflowFile(plan: InitPlan): string {
  const variables = variablesIn(plan.section);
  const env = variables.map((name) => `      ${name}: \${{ secrets.${name} }}`);
  return [
    '# Written by `groundspeed init`; yours to change. Measures the deployment every night, and when you ask for it.',
    'name: groundspeed',
    'on:',
    '  schedule:',
    "    - cron: '17 3 * * *' # UTC",
    '  workflow_dispatch:',
    'permissions:',
    '  contents: read',
    '# Two measurements at once would disturb each other.',
    'concurrency: groundspeed',
    'jobs:',
    '  load:',
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 30',
    ...(env.length === 0
      ? []
      : ['    # Secrets of this repository: Settings, Secrets and variables, Actions.', '    env:', ...env]),
    '    steps:',
    '      - uses: actions/checkout@v5',
    '      - uses: actions/setup-node@v5',
    '        with:',
    '          node-version: 22',
    ...(plan.allowed === undefined
      ? ['      # The target is on this very machine: start it here, or set target.url to a deployment.']
      : []),
    '      - run: >-',
    '          npx groundspeed load',
    `          --config ${CONFIG_FILE}`,
    `          --dataset ${plan.dataset}`,
    '          --rate 1 --duration 3m',
    `          --slo "${exampleSlo(plan)}"`,
    '      - if: always()',
    '        run: cat reports/latest/summary.md >> "$GITHUB_STEP_SUMMARY"',
    '      - if: always()',
    '        uses: actions/upload-artifact@v5',
    '        with:',
    '          name: groundspeed-report',
    '          path: reports/',
    '',
  ].join('\n');
}
