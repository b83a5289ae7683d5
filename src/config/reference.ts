import { ENVIRONMENT } from './environment.ts';
import { markdownTable } from './markdown.ts';
import { SETTINGS, type Setting } from './setting.ts';
import { SECTIONS, type SectionName } from './settings.ts';

const INTRODUCTION = `# Settings

Every setting, generated from the schemas that check them. A later source overrules those before it:

1. the defaults, below;
2. a configuration file, JSON or YAML: \`--config FILE\`, else the file that \`RAG_CONFIG_PATH\` names;
3. environment variables. An empty one counts as unset;
4. flags: \`--set path=value\`, as often as wanted; the last one counts. The value is JSON, or else text.

\`null\` stands for the default. All that is wrong is listed at once, with its path and where it stands; then the
command ends with exit code 2. Secrets, and credentials within URLs, are shown as \`***\` everywhere. An editor checks
and completes a file that names \`groundspeed.schema.json\` (\`groundspeed config schema\` prints it):

\`\`\`yaml
# yaml-language-server: $schema=./groundspeed.schema.json
retrieval:
  mode: hybrid
  topK: 8
chunking: { size: 256, overlap: 32 }
\`\`\`
`;

/** The reference of every setting and environment variable, in Markdown. */
export function settingsReference(): string {
  const sections = Object.keys(SECTIONS) as SectionName[];
  return [INTRODUCTION, ...sections.map(sectionReference), environmentReference()].join('\n');
}

function sectionReference(section: SectionName): string {
  const settings = [...SETTINGS.values()].filter((setting) => setting.section === section);
  const table = markdownTable(
    ['setting', 'default', 'allowed', 'environment', 'description'],
    settings.map((setting) => [
      code(setting.path),
      defaultOf(setting),
      setting.allowed,
      variablesOf(setting),
      setting.secret ? `${setting.description} Secret.` : setting.description,
    ]),
  );
  return `## ${section}\n\n${SECTIONS[section]}\n\n${table}`;
}

function environmentReference(): string {
  const table = markdownTable(
    ['variable', 'setting', 'description'],
    ENVIRONMENT.map(({ name, setting, description }) => [
      code(name),
      setting === undefined ? '' : code(setting),
      description,
    ]),
  );
  return `## Environment variables\n\n${table}`;
}

function defaultOf({ default: value }: Setting): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : value.map(code).join(', ');
  if (value !== null && typeof value === 'object' && Object.keys(value).length === 0) return 'empty';
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}

function variablesOf({ path }: Setting): string {
  return ENVIRONMENT.filter(({ setting }) => setting === path)
    .map(({ name }) => code(name))
    .join(', ');
}

function code(text: string): string {
  return `\`${text}\``;
}
