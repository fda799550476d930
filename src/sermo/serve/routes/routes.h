// The handlers, one file a route. Each is a pure function of the request and what the service
// holds; interface and failures of each call are in openapi.json.
#pragma once

#include <string_view>

#include "sermo/serve/service.h"

namespace sermo::serve {

Result<Response> answer_predict(const Request& request, const Context& context);
Result<Response> answer_enrolments(const Request& request, const Context& context);
Result<Response> answer_contours(const Request& request, const Context& context);
Result<Response> answer_hugging_face(const Request& request, const Context& context);
Result<Response> answer_models(const Request& request, const Context& context);
Result<Response> answer_healthz(const Request& request, const Context& context);
Result<Response> answer_readyz(const Request& request, const Context& context);
Result<Response> answer_metrics(const Request& request, const Context& context);
Result<Response> answer_openapi(const Request& request, const Context& context);
Result<Response> answer_page(const Request& request, const Context& context);
// Status 101 where a live stream may begin.
Result<Response> answer_stream(const Request& request, const Context& context);

// The model that a stream asks for, as an index of the recognizer's. kNotFound, kUsage.
Result<size_t> stream_model(const RequestHead& head, const ModelSet& models);

// Whether `path` is a file of the page.
bool is_page_file(std::string_view path);

}  // namespace sermo::serve
