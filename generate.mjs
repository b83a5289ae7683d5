// Writes the generated files from what is in dist/ (`npm run build` first): the pages of docs/, from the schemas and
// the error catalogue, dashboards and alerts after the default settings, and the manifests of the shipped golden sets, from their files. With --check it writes nothing, and exits 1
// when a file is not what it would write.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { planOf } from './dist/cli/dashboards-files.js';
import { errorReference } from './dist/config/error-reference.js';
import { settingsJsonSchema } from './dist/config/json-schema.js';
import { settingsReference } from './dist/config/reference.js';
import { settingsSchema } from './dist/config/settings.js';
import { buildFiles } from './dist/dashboards/build.js';
import { buildManifest } from './dist/datasets/manifest.js';
import { sloReference } from './dist/objectives/reference.js';
import { recordSchema } from './dist/records/schema.js';
import { writeFileAtomically } from './dist/system/atomic-file.js';
import { metricReference } from './dist/telemetry/reference.js';

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

const files = {
  'docs/settings.md': settingsReference(),
  'docs/errors.md': errorReference(),
  'docs/metrics.md': metricReference(),
  'docs/slo.md': sloReference(),
  'docs/groundspeed.schema.json': json(settingsJsonSchema()),
  'docs/record.schema.json': json(z.toJSONSchema(recordSchema)),
};
for (const [name, text] of buildFiles(planOf(settingsSchema.parse({})))) files[`dashboards/${name}`] = text;
const datasets = fileURLToPath(new URL('datasets/', import.meta.url));
for (const set of readdirSync(datasets, { withFileTypes: true })) {
  // Golden sets alone have a corpus, and a manifest; pairs of questions have neither.
  if (!set.isDirectory() || !existsSync(`${datasets}${set.name}/corpus.jsonl`)) continue;
  files[`datasets/${set.name}/manifest.json`] = json(await buildManifest(`${datasets}${set.name}`));
}

const check = process.argv.includes('--check');
for (const [name, content] of Object.entries(files)) {
  const path = fileURLToPath(new URL(name, import.meta.url));
  if (current(path) === content) continue;
  if (check) {
    console.error(`${name} is out of date: run npm run build && npm run generated, and commit it`);
    process.exitCode = 1;
  } else {
    await writeFileAtomically(path, content);
    console.error(`${name} written`);
  }
}

function current(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
