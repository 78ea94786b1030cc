-- What wrk found, as a line of JSON: requests a second, latencies in milliseconds, and how many requests failed.

wrk.headers["Metadata"] = "true"

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{"requestsPerSecond":%.1f,"p50":%.3f,"p99":%.3f,"failed":%d}\n',
    summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3,
    failed
  ))
end
