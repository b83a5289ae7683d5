import type { Plan } from '../../plan.ts';
import { runbooks } from '../links.ts';
import { mean, quantile, select, sumRate } from '../select.ts';
import type { PanelSpec, RowSpec } from '../spec.ts';

export function goldenRecallPanel(plan: Plan): PanelSpec {
  const { alerts } = plan;
  return {
    kind: 'lines',
    title: 'Golden recall',
    description:
      'Recall of the golden questions that were last asked of the service. It stays as it is when the canary dies: look at its age.',
    unit: 'percentunit',
    queries: [{ expr: `max by (dataset, k) (${select('evalRecall')})`, legend: '{{dataset}} @{{k}}' }],
    bounds: { warn: alerts.goldenRecallFloor, bad: alerts.goldenRecallFloor, lessIsWorse: true },
    max: 1,
    links: runbooks(plan, 'RagQualityLow'),
    needs: 'canary',
  };
}

export function canaryAgePanel(plan: Plan): PanelSpec {
  const { alerts } = plan;
  const interval = alerts.canaryIntervalSeconds;
  return {
    kind: 'lines',
    title: 'Age of the last golden run',
    description: `Seconds since golden questions were last asked and scored. RagCanaryStale fires past ${3 * interval} s.`,
    unit: 's',
    queries: [
      { expr: `time() - max by (dataset, k) (${select('evalLastSuccess')})`, legend: '{{dataset}} @{{k}}' },
    ],
    bounds: { warn: 2 * interval, bad: 3 * interval },
    links: runbooks(plan, 'RagCanaryStale'),
    needs: 'canary',
  };
}

export function onlineScorePanel(plan: Plan): PanelSpec {
  const { alerts } = plan;
  return {
    kind: 'lines',
    title: 'Online scores',
    description: 'Mean score of the live answers that were scored, by evaluator.',
    unit: 'percentunit',
    queries: [{ expr: mean('evalScore', 'evaluator', 'source="online"'), legend: '{{evaluator}}' }],
    bounds: { warn: alerts.onlineScoreFloor, bad: alerts.onlineScoreFloor, lessIsWorse: true },
    max: 1,
    links: runbooks(plan, 'RagQualityLow'),
    needs: 'online',
  };
}

export const samplesPanel: PanelSpec = {
  kind: 'lines',
  title: 'Scored samples',
  description:
    'Questions a second that were to be scored, by what became of that. Skipped ones cost nothing and tell nothing.',
  unit: 'cps',
  queries: [{ expr: sumRate('evalSamples', 'evaluator, result'), legend: '{{evaluator}}: {{result}}' }],
};

export function retrievalRow(plan: Plan): RowSpec {
  return {
    title: 'Retrieval',
    panels: [
      {
        kind: 'lines',
        title: 'Top score',
        description:
          'Median cosine of a question and the passage nearest to it, of vector search. Scores of fused passages say nothing here: the best of them has about 1 whatever was asked.',
        unit: 'short',
        queries: [{ expr: quantile(0.5, 'topScore', '', 'retriever="vector"'), legend: 'nearest passage' }],
        needs: 'traffic',
      },
      {
        kind: 'lines',
        title: 'Passages left',
        description:
          'Mean number of passages that a question had left after each stage. A context of none is an answer from nothing.',
        unit: 'short',
        queries: [{ expr: mean('retrievedDocuments', 'stage'), legend: '{{stage}}' }],
        needs: 'traffic',
      },
      {
        kind: 'lines',
        title: 'Searches by result',
        description: 'Searches a second, by retriever and what came of them.',
        unit: 'reqps',
        queries: [{ expr: sumRate('retrievals', 'retriever, result'), legend: '{{retriever}}: {{result}}' }],
      },
      goldenRecallPanel(plan),
      canaryAgePanel(plan),
    ],
  };
}

export function generationRow(): RowSpec {
  return {
    title: 'Generation',
    panels: [
      {
        kind: 'lines',
        title: 'Tokens',
        description: 'Tokens a second that models took in and gave out.',
        unit: 'cps',
        queries: [
          {
            expr: sumRate('modelTokens', 'gen_ai_request_model, gen_ai_token_type', '', '_sum'),
            legend: '{{gen_ai_request_model}}: {{gen_ai_token_type}}',
          },
        ],
        needs: 'models',
      },
      {
        kind: 'lines',
        title: 'Time per output token',
        description:
          'Seconds that models took for each token that they gave out, the wait for the first one included.',
        unit: 's',
        queries: [
          {
            expr: `${sumRate('modelDuration', 'gen_ai_request_model', 'gen_ai_operation_name="chat"', '_sum')} / ${sumRate('modelTokens', 'gen_ai_request_model', 'gen_ai_operation_name="chat",gen_ai_token_type="output"', '_sum')}`,
            legend: '{{gen_ai_request_model}}',
          },
        ],
        needs: 'models',
      },
      {
        kind: 'lines',
        title: 'Time to first token',
        description: 'Seconds from the arrival of a question to the first piece of its answer.',
        unit: 's',
        queries: [0.5, 0.95].map((q) => ({
          expr: quantile(q, 'firstToken'),
          legend: `p${q * 100}`,
          exemplar: true,
        })),
        needs: 'traffic',
      },
      {
        kind: 'lines',
        title: 'Calls of models, p95',
        description:
          'Seconds of a call of a model, by operation, model and error; without an error it went well.',
        unit: 's',
        queries: [
          {
            expr: quantile(0.95, 'modelDuration', 'gen_ai_operation_name, gen_ai_request_model, error_type'),
            legend: '{{gen_ai_operation_name}} {{gen_ai_request_model}} {{error_type}}',
          },
        ],
        needs: 'models',
      },
      {
        kind: 'lines',
        title: 'Cost an hour',
        description: 'US dollars that are spent on models in an hour at the present rate.',
        unit: 'currencyUSD',
        queries: [{ expr: `${sumRate('cost', 'model')} * 3600`, legend: '{{model}}' }],
        needs: 'prices',
      },
    ],
  };
}

export function qualityRow(plan: Plan): RowSpec {
  return {
    title: 'Quality',
    panels: [
      onlineScorePanel(plan),
      {
        kind: 'lines',
        title: 'The worst tenth',
        description:
          'The online score under which a tenth of the scored answers lie: a mean hides a few that are badly wrong.',
        unit: 'percentunit',
        queries: [
          { expr: quantile(0.1, 'evalScore', 'evaluator', 'source="online"'), legend: '{{evaluator}}' },
        ],
        max: 1,
        needs: 'online',
      },
      samplesPanel,
    ],
  };
}
