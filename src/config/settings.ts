import { z } from 'zod';
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
  bench: 'How a benchmark drives its target.',
  quality: 'How quality is scored.',
  variants: 'Configurations that compare holds against each other.',
  gate: 'What a gate judges, and how much worse is too much.',
  judge: 'The model that judges answers, where --judge asks for one.',
  target: 'The deployment that is driven over HTTP, and what its responses mean.',
  load: 'How load is sent.',
  server: 'The HTTP service.',
  log: 'What is logged.',
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
