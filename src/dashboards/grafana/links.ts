import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { type DashboardLink, DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Plan } from '../plan.ts';
import type { Link } from './spec.ts';

/** Where runbooks are read; the address ends without a slash. */
export const runbooksAt = ({ alerts }: Plan): string => alerts.runbookUrl.replace(/\/$/, '');

/** Links to the runbooks of alerts. */
export function runbooks(plan: Plan, ...alerts: readonly string[]): readonly Link[] {
  return alerts.map((alert) => ({ title: `Runbook: ${alert}`, url: `${runbooksAt(plan)}/${alert}.md` }));
}

/** The dashboards that lead to each other. One that looks back weeks neither takes its time from the others nor gives it. */
const DASHBOARDS = [
  { uid: 'groundspeed-service', title: 'RAG service', weeks: false },
  { uid: 'groundspeed-load-test', title: 'Load test', weeks: false },
  { uid: 'groundspeed-quality', title: 'Quality over time', weeks: true },
] as const;

/** Links from one dashboard to the others, with the job and the instance that are chosen. */
export function linksFrom(uid: string): Builder<DashboardLink>[] {
  const from = DASHBOARDS.find((one) => one.uid === uid);
  return DASHBOARDS.filter((one) => one !== from).map((to) =>
    inSight(
      new DashboardLinkBuilder(to.title)
        .url(`/d/${to.uid}`)
        .icon('dashboard')
        .includeVars(true)
        .keepTime(from?.weeks === to.weeks),
    ),
  );
}

/** A link to a page outside of Grafana, which opens beside it. */
export function linkOut({ title, url }: Link): Builder<DashboardLink> {
  return inSight(new DashboardLinkBuilder(title).url(url).icon('doc').targetBlank(true));
}

/** The SDK puts every link into a menu that has to be opened; without a place it stands in the line of variables. */
function inSight(builder: DashboardLinkBuilder): Builder<DashboardLink> {
  return {
    build() {
      const { placement: _inMenu, ...link } = builder.build();
      return link;
    },
  };
}
