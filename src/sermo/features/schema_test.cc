#include "sermo/features/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sermo/base/hash.h"

namespace sermo::features {
namespace {

using ::testing::HasSubstr;

Schema small() {
  return make_schema("tiny", 2, R"({"n_fft": 512, "amin": 1e-10})", {"a_mean", "b \"x\" \u00e9"});
}

TEST(Schema, TheIdFollowsFromTheParts) {
  const std::string content =
      "{\"name\":\"tiny\",\"names\":[\"a_mean\",\"b \\\"x\\\" \u00e9\"],"
      "\"parameters\":{\"amin\":1e-10,\"n_fft\":512},\"version\":2}";
  EXPECT_EQ(small().id, "tiny/2-" + sha256_hex(std::as_bytes(std::span(content))).substr(0, 12));
  EXPECT_EQ(small().parameters, R"({"amin":1e-10,"n_fft":512})");
}

TEST(Schema, AnyDifferenceIsAnotherId) {
  const Schema base = make_schema("s", 1, R"({"hop":512})", {"a", "b"});
  EXPECT_EQ(make_schema("s", 1, R"( { "hop" : 512 } )", {"a", "b"}), base);
  EXPECT_NE(make_schema("t", 1, R"({"hop":512})", {"a", "b"}).id, base.id);
  EXPECT_NE(make_schema("s", 2, R"({"hop":512})", {"a", "b"}).id, base.id);
  EXPECT_NE(make_schema("s", 1, R"({"hop":513})", {"a", "b"}).id, base.id);
  EXPECT_NE(make_schema("s", 1, R"({"hop":512})", {"b", "a"}).id, base.id);
}

TEST(Schema, JsonAndBack) {
  EXPECT_EQ(schema_from_json(to_json(small())).value(), small());
  const Schema empty = make_schema("none", 0, "{}", {});
  EXPECT_EQ(schema_from_json(to_json(empty)).value(), empty);
}

TEST(Schema, AForeignOrAlteredTextIsRefused) {
  const auto message = [](const std::string& text) {
    const Result<Schema> schema = schema_from_json(text);
    EXPECT_FALSE(schema) << text;
    EXPECT_EQ(schema.error().code, ErrorCode::kCorrupt) << text;
    return schema.error().message;
  };
  for (const char* text :
       {"", "{", "[]", "null", "{}", R"({"id":1,"name":"s"})", R"({"id":"x","name":"s"})",
        R"({"id":"x","name":"s","version":1.5})", R"({"id":"x","name":"s","version":1})",
        R"({"id":"x","name":"s","version":99999999999,"parameters":{},"names":[]})",
        R"({"id":"x","name":"s","version":1,"parameters":"{}","names":[]})",
        R"({"id":"x","name":"s","version":1,"parameters":{},"names":["a",1]})",
        R"({"id":"x","name":"s","version":1,"parameters":{},"names":["a","a"]})"})
    EXPECT_THAT(message(text), HasSubstr("schema: "));
  EXPECT_THAT(message(R"({"id":"x","name":"s","version":1,"names":[],"parameters":{"a":)" +
                      std::string(1000000, '[') + std::string(1000000, ']') + "}}"),
              HasSubstr("nested too deeply"));
  std::string altered = to_json(small());
  altered.replace(altered.find("512"), 3, "256");
  EXPECT_THAT(message(altered), HasSubstr("its id is " + small().id + ", but its parts give"));
}

}  // namespace
}  // namespace sermo::features
