import { stringify } from 'yaml';

/** YAML in the order of the value, with no line broken and nothing shortened to an anchor: stable in diffs. */
export function yamlText(about: string, value: unknown): string {
  const comment = about.split('\n').map((line) => `# ${line}\n`);
  return `${comment.join('')}${stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

export const GENERATED = 'Written by `groundspeed dashboards build`; change the settings and build again.';
