import { promDuration } from '../duration.ts';
import { type Plan, scrapeSeconds } from '../plan.ts';
import { GENERATED, yamlText } from './yaml-text.ts';

/** Prometheus, and Tempo for the traces that its exemplars name. */
export function datasourceProvisioning(plan: Plan): string {
  return yamlText(GENERATED, {
    apiVersion: 1,
    datasources: [
      {
        name: 'Prometheus',
        uid: 'prometheus',
        type: 'prometheus',
        access: 'proxy',
        url: 'http://prometheus:9090',
        isDefault: true,
        jsonData: {
          httpMethod: 'POST',
          timeInterval: promDuration(scrapeSeconds(plan)),
          exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 'tempo' }],
        },
      },
      { name: 'Tempo', uid: 'tempo', type: 'tempo', access: 'proxy', url: 'http://tempo:3200' },
    ],
  });
}

export function dashboardProvisioning(): string {
  return yamlText(GENERATED, {
    apiVersion: 1,
    providers: [
      {
        name: 'groundspeed',
        folder: 'Groundspeed',
        type: 'file',
        disableDeletion: true,
        allowUiUpdates: false,
        options: { path: '/var/lib/grafana/dashboards' },
      },
    ],
  });
}
