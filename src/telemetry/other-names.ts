/** A name that operators may know from elsewhere, and what shows the same here. */
export interface OtherName {
  readonly theirs: string;
  readonly meaning: string;
  /** A query of Prometheus, over metrics of the catalogue. */
  readonly ours: string;
  readonly note?: string;
}

/** For dashboards and alerts that are brought along from another service. */
export const OTHER_NAMES: readonly OtherName[] = [
  {
    theirs: 'rag_requests_total',
    meaning: 'questions',
    ours: 'sum(rag_queries_total)',
    note: 'Here `rag_requests_total` counts HTTP requests of every kind.',
  },
  {
    theirs: 'rag_requests_success_total',
    meaning: 'questions that were answered',
    ours: 'sum(rag_queries_total{outcome=~"answered|abstained|no_context|degraded"})',
    note: 'Leave `degraded` out where only answers of the full pipeline count.',
  },
  {
    theirs: 'rag_requests_error_total',
    meaning: 'questions that failed',
    ours: 'sum(rag_queries_total{outcome=~"error|rejected"})',
    note: '`invalid` and `withdrawn` are the doing of the caller.',
  },
  {
    theirs: 'rag_response_time_seconds',
    meaning: 'how long a question took',
    ours: 'rag_query_duration_seconds',
    note: 'A histogram, as that one. With the wait for a place: `rag_request_duration_seconds{endpoint="/api/query"}`.',
  },
  {
    theirs: 'rag_retrieval_time_seconds',
    meaning: 'how long the search took',
    ours: 'rag_stage_duration_seconds_bucket{stage="retrieve"}',
  },
  {
    theirs: 'rag_generation_time_seconds, llm_request_duration_seconds',
    meaning: 'how long the model took',
    ours: 'gen_ai_client_operation_duration_seconds_bucket{gen_ai_operation_name="chat"}',
  },
  {
    theirs: 'llm_tokens_total',
    meaning: 'tokens',
    ours: 'sum by (gen_ai_token_type) (gen_ai_client_token_usage_sum)',
  },
  {
    theirs: 'rag_cache_hits_total, rag_cache_misses_total',
    meaning: 'cache hits and misses',
    ours: 'sum by (layer, result) (rag_cache_requests_total)',
  },
  {
    theirs: 'rag_active_requests',
    meaning: 'questions under way',
    ours: 'rag_queries_in_flight',
  },
  {
    theirs: 'system_cpu_usage, system_cpu_percent',
    meaning: 'share of the cores in use',
    ours: 'rate(process_cpu_seconds_total[5m]) / rag_cpu_cores',
    note: 'Of the service, not of the whole machine: node_exporter tells that.',
  },
  {
    theirs: 'system_memory_usage, system_memory_percent',
    meaning: 'share of the memory in use',
    ours: 'process_resident_memory_bytes / rag_memory_limit_bytes',
  },
  {
    theirs: 'system_memory_bytes',
    meaning: 'memory in use',
    ours: 'process_resident_memory_bytes',
  },
  {
    theirs: 'system_disk_usage, system_disk_percent',
    meaning: 'share of the disk in use',
    ours: '1 - rag_disk_free_bytes / rag_disk_size_bytes',
    note: 'The file system of the index.',
  },
  {
    theirs: 'system_disk_io_bytes',
    meaning: 'traffic with the disk',
    ours: 'rate(rag_disk_read_bytes_total[5m]) + rate(rag_disk_written_bytes_total[5m])',
  },
  {
    theirs: 'system_network_bytes, system_network_io',
    meaning: 'traffic over the network',
    ours: 'rate(rag_network_received_bytes_total{interface="external"}[5m]) + rate(rag_network_sent_bytes_total{interface="external"}[5m])',
  },
  {
    theirs: 'system_uptime_seconds',
    meaning: 'how long the service has been up',
    ours: 'time() - process_start_time_seconds',
  },
];
