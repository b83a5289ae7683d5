import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, found } from '../dashboards/check/finding.ts';

/** A program of Prometheus that checks a file of ours too. */
interface Tool {
  readonly program: 'promtool' | 'amtool';
  readonly args: readonly string[];
  readonly file: string;
}

const TOOLS: readonly Tool[] = [
  { program: 'promtool', args: ['check', 'rules'], file: 'prometheus/rules/groundspeed.recording.yml' },
  { program: 'promtool', args: ['check', 'rules'], file: 'prometheus/rules/groundspeed.alerts.yml' },
  { program: 'promtool', args: ['check', 'config', '--syntax-only'], file: 'prometheus/prometheus.yml' },
  { program: 'amtool', args: ['check-config'], file: 'alertmanager/alertmanager.yml' },
];

export interface ToolRun {
  readonly program: string;
  readonly file: string;
  readonly outcome: 'passed' | 'failed' | 'not installed' | 'no such file';
  readonly findings: readonly Finding[];
}

/** What promtool and amtool say of the files in `folder`, where they are installed. */
export async function runTools(folder: string): Promise<ToolRun[]> {
  return Promise.all(TOOLS.map((tool) => runTool(folder, tool)));
}

async function runTool(folder: string, { program, args, file }: Tool): Promise<ToolRun> {
  const path = join(folder, file);
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return { program, file, outcome: 'no such file', findings: [] };
  return new Promise((resolve) => {
    execFile(program, [...args, path], { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) return resolve({ program, file, outcome: 'passed', findings: [] });
      if (error.code === ('ENOENT' as unknown))
        return resolve({ program, file, outcome: 'not installed', findings: [] });
      const said = `${stdout}\n${stderr}`.trim().replace(/\n+/g, '\n    ');
      resolve({
        program,
        file,
        outcome: 'failed',
        findings: [found({ file }, `${program} ${args.join(' ')}`, said)],
      });
    });
  });
}
