import type { Plan } from '../plan.ts';
import { generationRow, qualityRow, retrievalRow } from './service/answers.ts';
import { overviewRow } from './service/overview.ts';
import { processRow } from './service/process.ts';
import { stagesRow, trafficRow } from './service/traffic.ts';
import { cacheRow, indexRow, resilienceRow } from './service/upkeep.ts';
import type { DashboardSpec } from './spec.ts';
import { variablesOfService } from './variables.ts';

/** The one screen for who is on call: what is wrong first, why below. */
export function serviceDashboard(plan: Plan): DashboardSpec {
  return {
    uid: 'groundspeed-service',
    title: 'RAG service',
    description: 'Whether the service answers, how fast, how well, and what to look at when it does not.',
    from: 'now-1h',
    variables: variablesOfService(plan),
    rows: [
      overviewRow(plan),
      trafficRow(plan),
      stagesRow(),
      retrievalRow(plan),
      generationRow(),
      qualityRow(plan),
      cacheRow(),
      resilienceRow(plan),
      indexRow(plan),
      processRow(plan),
    ],
  };
}
