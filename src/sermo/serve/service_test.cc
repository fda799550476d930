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

struct FormField {
  std::string name;
  std::string filename;  // empty: none
  std::vector<std::byte> bytes;
};

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Request form(std::string_view target, const std::vector<FormField>& fields) {
  Request asked = request("POST", target);
  asked.head.content_type = "multipart/form-data; boundary=xyz";
  std::vector<std::byte>& body = asked.body;
  const auto add = [&](std::span<const std::byte> bytes) {
    body.insert(body.end(), bytes.begin(), bytes.end());
  };
  for (const FormField& field : fields) {
    add(bytes_of("--xyz\r\nContent-Disposition: form-data; name=" + field.name +
                 (field.filename.empty() ? "" : "; filename=" + field.filename) + "\r\n\r\n"));
    add(field.bytes);
    add(bytes_of("\r\n"));
  }
  add(bytes_of("--xyz--"));
  return asked;
}

constexpr const char* kPredict = "/api/v1/predict?model=knn";
constexpr const char* kEnrolments = "/api/v1/enrolments";

TEST(Service, AVoiceAnswersAsItsRecordingsDo) {
  Ready ready;
  const FormField file = {"file", "a.wav", recording(1)};
  const std::vector<FormField> clips = {{"enroll", "b.wav", recording(2, 0.1F)},
                                        {"enroll", "", recording(0.7, 0.9F)}};
  const Response by_clips = answer(ready.service, form(kPredict, {file, clips[0], clips[1]}));
  ASSERT_EQ(by_clips.status, 200) << by_clips.bytes();
  const json told = json::parse(by_clips.bytes());
  EXPECT_EQ(told["enrolled"], 2);
  EXPECT_EQ(told["path"], "a.wav");

  const json voice = json::parse(answer(ready.service, form(kEnrolments, clips)).bytes());
  EXPECT_EQ(voice["enrolled"], 2);
  EXPECT_EQ(voice["refused"], json::array());
  const auto with_voice = [&](const json& given) {
    const FormField field = {"voice", "", bytes_of(given.dump())};
    return json::parse(answer(ready.service, form(kPredict, {file, field})).bytes());
  };
  EXPECT_EQ(with_voice(voice["voice"]), told);
  json each = json::array();
  for (const FormField& clip : clips) {
    const Response one = answer(ready.service, request("POST", kEnrolments, clip.bytes));
    each.push_back(json::parse(one.bytes())["voice"]);
  }
  EXPECT_EQ(with_voice(each), told);
  const FormField second = {"voice", "", bytes_of(each[1].dump())};
  const Response mixed = answer(ready.service, form(kPredict, {file, clips[0], second}));
  EXPECT_EQ(json::parse(mixed.bytes()), told);
}

TEST(Service, ClipsOfAVoiceThatCannotBeUsedAreNamed) {
  Ready ready({.max_duration_s = 4.0});
  const FormField file = {"file", "a.wav", recording(1)};
  const FormField good = {"enroll", "good.wav", recording(1)};
  const FormField silent = {"enroll", "silent.wav", recording(1, 0.0F)};
  const FormField text = {"enroll", "letter.txt", bytes_of("words, not audio")};
  const json row =
      json::parse(answer(ready.service, form(kPredict, {file, text, good, silent})).bytes());
  EXPECT_EQ(row["enrolled"], 1);
  const std::string warnings = row["warnings"].dump();
  EXPECT_NE(warnings.find("not enrolled: letter.txt: "), std::string::npos) << warnings;
  EXPECT_NE(warnings.find("not enrolled: silent.wav: "), std::string::npos) << warnings;
  const json voice = json::parse(answer(ready.service, form(kEnrolments, {good, silent})).bytes());
  EXPECT_EQ(voice["refused"][0]["path"], "silent.wav");
  EXPECT_EQ(voice["refused"][0]["error"]["code"], "silent");

  const Response none = answer(ready.service, form(kPredict, {file, silent, text}));
  EXPECT_EQ(none.status, 422);
  EXPECT_EQ(code(none), "silent");
  EXPECT_NE(none.bytes().find("silent.wav"), std::string_view::npos);
  // Together they may be as long as one recording.
  const FormField long_one = {"enroll", "long.wav", recording(3)};
  const Response filled = answer(ready.service, form(kEnrolments, {long_one, long_one, good}));
  const json cut = json::parse(filled.bytes());
  EXPECT_EQ(cut["enrolled"], 2);
  EXPECT_EQ(cut["refused"][0]["error"]["code"], "too_long");
}

TEST(Service, VoicesAreCheckedBeforeTheyAreUsed) {
  Ready ready;
  const auto status_and_code = [&](std::string_view voice) {
    const std::vector<FormField> fields = {{"file", "", recording(1)},
                                           {"voice", "", bytes_of(voice)}};
    const Response response = answer(ready.service, form(kPredict, fields));
    return std::pair(response.status, code(response));
  };
  EXPECT_EQ(status_and_code("[]"), std::pair(400, std::string("usage")));
  EXPECT_EQ(status_and_code(R"({"format":1,"clips":1,"sums":{"other/1-0":"AAAAAAAAAAA"}})"),
            std::pair(422, std::string("mismatch")));
  EXPECT_EQ(answer(ready.service, form(kEnrolments, {{"file", "", recording(1)}})).status, 400);
  EXPECT_EQ(code(answer(ready.service, request("POST", kEnrolments))), "too_short");
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
