/**
 * The engine for those who adopt it, or write an adapter for it: `openEngine`, its options, and the ports.
 */
export type { Answer, AnswerTrace, AskOptions, RankedDocuments } from './answer.ts';
export { readDocuments } from './documents/read.ts';
export type { DocumentFailure, SourceItem } from './documents/source.ts';
export type { Engine, EngineInfo, EngineSetting, IngestOptions, IngestResult } from './engine.ts';
export { openEngine } from './engine.ts';
export type { CacheLayer, CacheState, EngineEvent, Stage } from './events.ts';
export { CACHE_LAYERS, STAGES } from './events.ts';
export { ABSTENTION } from './generation/abstention.ts';
export type { EngineOptions } from './options.ts';
export { engineSchema } from './options.ts';
export type * from './ports.ts';
export type { Degradation, DegradationStep } from './resilience/degradation.ts';
export type { DependencyHealth } from './resilience/policy.ts';
export type { AnswerEvent } from './stream.ts';
