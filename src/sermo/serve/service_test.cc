// Handlers without a network: who answers, what is refused, and in which words.
#include "sermo/serve/service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sermo/base/mt19937.h"
#include "sermo/data/table.h"
#include "sermo/engine/model_folder.h"
#include "sermo/learn/registry.h"
#include "sermo/serve/openapi_text.h"
#include "temporary_folder.h"
#include "wav_bytes.h"

namespace sermo::serve {
namespace {

using nlohmann::json;

// Two quick models on rows that look like librosa-110's.
std::shared_ptr<const ModelSet> models() {
  static const std::shared_ptr<const ModelSet> set = [] {
    data::Table table;
    table.schema = features::find_extractor("librosa-110").value()->schema();
    table.features.resize(60, table.schema.num_features());
    RandomState random(8);
    for (size_t r = 0; r < 60; ++r) {
      table.labels.push_back(r % 2 ? "angry" : "sad");
      table.speakers.push_back(static_cast<int>(r % 5));
      table.paths.push_back(std::to_string(r) + ".wav");
      for (float& value : table.features.row(r))
        value = static_cast<float>(static_cast<double>(r % 2) + random.random_sample());
    }
    engine::TrainingOptions options;
    for (const char* name : {"knn", "logistic"})
      options.learners.push_back(learn::find_learner(name).value());
    const testing::TemporaryFolder folder;
    EXPECT_TRUE(engine::write_model_folder(folder.path(), engine::train(table, options).value()));
    return std::make_shared<const ModelSet>(load_model_set(folder.path(), 1).value());
  }();
  return set;
}

std::vector<std::byte> recording(double seconds, float level = 0.4F) {
  std::vector<int16_t> samples(static_cast<size_t>(16000.0 * seconds));
  for (size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<int16_t>(32767.0F * level * std::sin(0.05F * static_cast<float>(i)));
  const testing::ByteString file = testing::wav({}, samples);
  const std::span<const std::byte> bytes = file;
  return {bytes.begin(), bytes.end()};
}

Request request(std::string method, std::string_view target, std::vector<std::byte> body = {}) {
  Request request;
  request.head.method = std::move(method);
  request.head.target = parse_target(target).value();
  request.head.id = "id";
  request.body = std::move(body);
  return request;
}

Response answer(Service& service, const Request& request) {
  Service::Admission admission = service.admit(request.head);
  return admission.refusal ? *admission.refusal : service.respond(*admission.route, request);
}

std::string code(const Response& response) { return json::parse(response.bytes())["code"]; }

std::string header(const Response& response, std::string_view name) {
  const auto at = std::ranges::find(response.headers, name, &Header::name);
  return at == response.headers.end() ? "" : at->value;
}

struct Ready {
  explicit Ready(const ServiceOptions& options = {}) : service(options) {
    service.set_models(models());
  }
  Service service;
};

TEST(Service, WhileLoadingAndStoppingItSaysSo) {
  Service service({});
  for (const char* path : {"/api/v1/models", "/api/v1/stream"}) {
    const Response response = answer(service, request("GET", path));
    EXPECT_EQ(response.status, 503) << path;
    EXPECT_EQ(code(response), "unavailable");
    EXPECT_EQ(header(response, "Retry-After"), "1");
  }
  EXPECT_EQ(answer(service, request("POST", "/api/v1/predict")).status, 503);
  EXPECT_EQ(answer(service, request("GET", "/readyz")).status, 503);
  EXPECT_EQ(answer(service, request("GET", "/healthz")).status, 200);
  service.set_models(models());
  EXPECT_EQ(answer(service, request("GET", "/readyz")).status, 200);
  service.set_stopping();
  EXPECT_EQ(answer(service, request("GET", "/readyz")).status, 503);
  EXPECT_EQ(answer(service, request("POST", "/models/knn")).status, 503);
  EXPECT_EQ(answer(service, request("GET", "/healthz")).status, 200);
}

TEST(Service, PredictAnswersTheRowOfTheProgram) {
  Ready ready;
  const Response one =
      answer(ready.service, request("POST", "/api/v1/predict?model=knn", recording(1)));
  ASSERT_EQ(one.status, 200) << one.bytes();
  const json row = json::parse(one.bytes());
  EXPECT_EQ(row["model"], "knn");
  EXPECT_EQ(row["path"], "-");
  EXPECT_EQ(row["scores"].size(), 2u);
  const json all = json::parse(
      answer(ready.service,
             request("POST", "/api/v1/predict?model=all&top_k=1&timeline=true", recording(5)))
          .bytes());
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0]["scores"].size(), 1u);
  EXPECT_EQ(all[0]["segments"].size(), 3u);
  const json scores =
      json::parse(answer(ready.service, request("POST", "/models/knn", recording(1))).bytes());
  EXPECT_EQ(scores, row["scores"]);
}

TEST(Service, RecordingsThatFailAreCountedByCode) {
  Ready ready({.max_upload_bytes = 100'000, .max_duration_s = 2.0});
  const auto status_and_code = [&](std::vector<std::byte> body) {
    const Response response = answer(ready.service, request("POST", "/api/v1/predict", body));
    return std::pair(response.status, code(response));
  };
  EXPECT_EQ(status_and_code({}), std::pair(422, std::string("too_short")));
  EXPECT_EQ(status_and_code(recording(1, 0.0F)), std::pair(422, std::string("silent")));
  EXPECT_EQ(status_and_code(recording(2.5)), std::pair(413, std::string("too_long")));
  EXPECT_EQ(status_and_code(recording(10)), std::pair(413, std::string("too_large")));
  answer(ready.service, request("POST", "/api/v1/predict?model=nobody", recording(1)));
  answer(ready.service, request("POST", "/api/v1/predict?top_k=0", recording(1)));
  const std::string text = ready.service.metrics().text({});
  for (const char* failed : {"too_short", "silent", "too_long", "too_large"}) {
    EXPECT_NE(text.find("sermo_recording_failures_total{code=\"" + std::string(failed) + "\"} 1\n"),
              std::string::npos)
        << text;
  }
  EXPECT_EQ(text.find("not_found"), std::string::npos) << "the recording is not at fault";
  EXPECT_EQ(text.find("usage"), std::string::npos);
}

TEST(Service, AClientThatWentAwayIsNotAnswered) {
  Ready ready;
  std::stop_source gone;
  gone.request_stop();
  Request lost = request("POST", "/api/v1/predict", recording(1));
  lost.gone = gone.get_token();
  EXPECT_EQ(code(answer(ready.service, lost)), "cancelled");
}

TEST(Service, ABugTellsTheLogAndNotTheClient) {
  Ready ready;
  const Route broken{.pattern = "/x",
                     .method = "GET",
                     .handler = [](const Request&, const Context&) -> Result<Response> {
                       throw std::runtime_error("at /home/somebody/x.cc");
                     }};
  const Response response = ready.service.respond(broken, request("GET", "/x"));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(code(response), "internal");
  EXPECT_EQ(response.bytes().find("/home"), std::string_view::npos);
  EXPECT_NE(response.note.find("/home/somebody"), std::string::npos);
}

TEST(Service, RefusalsNeedNoBody) {
  Ready ready({.token = "secret"});
  EXPECT_EQ(ready.service.admit(request("GET", "/nothing").head).refusal->status, 404);
  const auto method = ready.service.admit(request("PUT", "/api/v1/predict").head);
  EXPECT_EQ(method.refusal->status, 405);
  EXPECT_EQ(header(*method.refusal, "Allow"), "POST");
  EXPECT_EQ(ready.service.admit(request("POST", "/api/v1/predict").head).refusal->status, 401);
  EXPECT_EQ(ready.service.admit(request("GET", "/metrics").head).refusal->status, 401);
  EXPECT_FALSE(ready.service.admit(request("HEAD", "/").head).refusal);
}

TEST(Service, EveryAnswerCarriesItsIdAndForbidsWhatIsNotNeeded) {
  Ready ready;
  Request asked = request("GET", "/healthz");
  Response response = answer(ready.service, asked);
  ready.service.finish(asked.head, response);
  EXPECT_EQ(header(response, "X-Request-Id"), "id");
  EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(response, "Cache-Control"), "no-store");
  asked = request("GET", "/");
  response = answer(ready.service, asked);
  ready.service.finish(asked.head, response);
  EXPECT_NE(header(response, "Content-Security-Policy").find("script-src 'self'"),
            std::string::npos);
  EXPECT_EQ(std::ranges::count(response.headers, "Cache-Control", &Header::name), 1);
}

TEST(Service, TheDescriptionNamesEveryRouteAndNoOther) {
  const json api = json::parse(openapi_text());
  std::vector<std::string> described;
  for (const auto& [path, operations] : api["paths"].items()) {
    for (const auto& [method, operation] : operations.items())
      described.push_back((method == "get" ? "GET " : "POST ") + path);
  }
  std::vector<std::string> routes = {"GET /"};
  for (const Route& route : all_routes())
    routes.push_back(std::string(route.method) + " " + std::string(route.pattern));
  std::ranges::sort(described);
  std::ranges::sort(routes);
  EXPECT_EQ(described, routes);
}

TEST(Service, ANameIsOneSegment) {
  EXPECT_EQ(name_in_path("/models/{name}", "/models/vote(a,b)"), "vote(a,b)");
  for (const char* path : {"/models/", "/models", "/models/a/b", "/model/a", "/"})
    EXPECT_EQ(name_in_path("/models/{name}", path), "") << path;
}

TEST(ModelSet, AFolderThatCannotBeLoadedIsRefused) {
  const testing::TemporaryFolder folder;
  EXPECT_EQ(load_model_set(folder.path(), 1).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace sermo::serve
