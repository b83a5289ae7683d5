import { z } from 'zod';
import { dashboardOptions } from '../dashboards/options.ts';
import { type EngineOptions, engineOptions } from '../engine/options.ts';
import { type ExperimentOptions, experimentOptions, variantOptions } from '../experiments/options.ts';
import { type JudgingOptions, judgingOptions } from '../judging/options.ts';
import { loadOptions } from '../load/options.ts';
import { serverOptions } from '../server/options.ts';
import { telemetryOptions } from '../telemetry/options.ts';

/** Every setting, composed of the rooms' options: a section each, at the top level. */
export const settingsSchema = z.strictObject({
  ...engineOptions,
  ...experimentOptions,
  ...variantOptions,
  ...judgingOptions,
  ...loadOptions,
  ...serverOptions,
  ...telemetryOptions,
  ...dashboardOptions,
});

export type Settings = z.infer<typeof settingsSchema>;
export type SectionName = keyof Settings;

/** What each section is about, for the reference and for editors. */
export const SECTIONS: Readonly<Record<SectionName, string>> = {
  store: 'Where the index is kept.',
  documents: 'Which documents are read.',
  chunking: 'How documents are cut into chunks.',
  embedding: 'How texts become vectors.',
  index: 'How vectors and keywords are searched.',
  retrieval: 'How passages are found for a question.',
  reranking: 'How the passages found are ordered anew.',
  generation: 'How passages become an answer.',
  caching: 'What is remembered between questions.',
  openai: 'The OpenAI-compatible service, where a provider is openai.',
  limits: 'What the engine refuses to take on.',
  resilience: 'Timeouts, retries, circuit breakers and bulkheads around what the engine leans on.',
  degradation: 'What is answered when something fails.',
  bench: 'How a benchmark drives its target.',
  quality: 'How quality is scored.',
  variants: 'Configurations that compare holds against each other.',
  gate: 'What a gate judges, and how much worse is too much.',
  drill: 'How drills are judged.',
  judge: 'The model that judges answers, where --judge asks for one.',
  target: 'The deployment that is driven over HTTP, and what its responses mean.',
  load: 'How load is sent.',
  server: 'The HTTP service.',
  analytics: 'What the service keeps of the questions it was asked.',
  evaluation: 'How live answers are scored, and golden questions asked of the live service.',
  log: 'What is logged.',
  telemetry: 'What metrics, logs and traces tell.',
  tracing: 'Traces of questions, for an OpenTelemetry collector.',
  objectives: 'What the service promises, for dashboards and burn-rate alerts.',
  alerts: 'When alerts fire.',
  monitoring: 'How Prometheus finds the service, and who is told of alerts.',
};

export function engineOptionsOf(settings: Settings): EngineOptions {
  return pick(settings, engineOptions);
}

export function experimentOptionsOf(settings: Settings): ExperimentOptions {
  return pick(settings, experimentOptions);
}

export function judgingOptionsOf(settings: Settings): JudgingOptions {
  return pick(settings, judgingOptions);
}

function pick<Name extends SectionName>(
  settings: Settings,
  sections: Record<Name, unknown>,
): Pick<Settings, Name> {
  const names = Object.keys(sections) as Name[];
  return Object.fromEntries(names.map((name) => [name, settings[name]])) as Pick<Settings, Name>;
}
