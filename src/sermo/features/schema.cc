#include "sermo/features/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/base/hash.h"

namespace sermo::features {
namespace {

using Json = nlohmann::json;

constexpr size_t kIdDigits = 12;
constexpr int kMaxDepth = 32;  // of nested parameters; writing JSON recurses

// Everything but the id. Objects keep their keys sorted, so equal schemas give equal text.
Json content_of(const Schema& schema) {
  return {{"name", schema.name},
          {"version", schema.version},
          {"parameters", Json::parse(schema.parameters)},
          {"names", schema.names}};
}

std::string id_of(const Schema& schema) {
  const std::string text = content_of(schema).dump();
  const std::string digest = sha256_hex(std::as_bytes(std::span(text)));
  return fmt::format("{}/{}-{}", schema.name, schema.version, digest.substr(0, kIdDigits));
}

}  // namespace

Schema make_schema(std::string name, int version, std::string parameters,
                   std::vector<std::string> names) {
  const Json object = Json::parse(parameters, nullptr, /*allow_exceptions=*/false);
  SERMO_CHECK(object.is_object(), "the parameters of a schema are a JSON object");
  Schema schema{std::move(name), version, object.dump(), std::move(names), ""};
  SERMO_CHECK(std::set(schema.names.begin(), schema.names.end()).size() == schema.names.size(),
              "feature names are distinct");
  schema.id = id_of(schema);
  return schema;
}

std::string_view schema_name(std::string_view id) { return id.substr(0, id.rfind('/')); }

std::string to_json(const Schema& schema) {
  Json json = content_of(schema);
  json["id"] = schema.id;
  return json.dump();
}

Result<Schema> schema_from_json(std::string_view text) {
  const auto bad = [](std::string_view what) {
    return fail(ErrorCode::kCorrupt, fmt::format("schema: {}", what));
  };
  bool too_deep = false;
  const auto guard = [&too_deep](int depth, Json::parse_event_t, const Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  const Json json = Json::parse(text, guard, /*allow_exceptions=*/false);
  if (too_deep) return bad("nested too deeply");
  if (!json.is_object()) return bad("not a JSON object");
  const auto has = [&json](const char* key, auto is_type) {
    const auto at = json.find(key);
    return at != json.end() && is_type(*at);
  };
  const auto is_text = [](const Json& value) { return value.is_string(); };
  if (!has("id", is_text) || !has("name", is_text)) return bad("wanted the texts id and name");
  if (!has("version", [](const Json& value) { return value.is_number_integer(); }))
    return bad("wanted a whole number as version");
  if (!has("parameters", [](const Json& value) { return value.is_object(); }))
    return bad("wanted an object of parameters");
  if (!has("names", [&](const Json& value) {
        return value.is_array() && std::all_of(value.begin(), value.end(), is_text);
      }))
    return bad("wanted a list of names");
  const Json& version = json["version"];
  if (version < 0 || version > 1'000'000'000) return bad("impossible version");

  std::vector<std::string> names = json["names"].get<std::vector<std::string>>();
  if (std::set(names.begin(), names.end()).size() != names.size())
    return bad("two features of one name");
  Schema schema = make_schema(json["name"].get<std::string>(), version.get<int>(),
                              json["parameters"].dump(), std::move(names));
  const std::string id = json["id"].get<std::string>();
  if (id != schema.id)
    return bad(fmt::format("its id is {}, but its parts give {}", id, schema.id));
  return schema;
}

}  // namespace sermo::features
