// GET /metrics: what the service counts, for Prometheus.
#include "sermo/serve/routes/routes.h"

namespace sermo::serve {

Result<Response> answer_metrics(const Request&, const Context& context) {
  return Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                  .body = context.metrics.text(context.gauges ? context.gauges() : Gauges{})};
}

}  // namespace sermo::serve
