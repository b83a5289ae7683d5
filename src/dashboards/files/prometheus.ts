import { promDuration } from '../duration.ts';
import { type Plan, scrapeSeconds } from '../plan.ts';
import { GENERATED, yamlText } from './yaml-text.ts';

/** The job under which load generators are scraped. */
export const generatorJob = ({ monitoring }: Plan): string => `${monitoring.job}-load`;

/** Exemplars come with OpenMetrics, for which Prometheus asks by itself; it keeps them with --enable-feature=exemplar-storage. */
export function prometheusConfig(plan: Plan): string {
  const { monitoring } = plan;
  const interval = promDuration(scrapeSeconds(plan));
  return yamlText(GENERATED, {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ['rules/*.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: monitoring.alertmanagers }] }] },
    scrape_configs: [
      {
        job_name: monitoring.job,
        ...(monitoring.tokenFile !== '' && {
          authorization: { type: 'Bearer', credentials_file: monitoring.tokenFile },
        }),
        static_configs: [{ targets: monitoring.services }],
      },
      // A generator is there only while a run is: no alert looks at this job.
      { job_name: generatorJob(plan), static_configs: [{ targets: monitoring.generators }] },
    ],
  });
}
