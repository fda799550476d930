#include "sermo/serve/target.h"

#include <gtest/gtest.h>

namespace sermo::serve {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

TEST(Target, PathAndQueryAreDecoded) {
  const auto target = parse_target("/models/vote%28svm%2Cet%29?model=a%20b+c&empty=&bare&&x=1%3D2");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/models/vote(svm,et)");
  EXPECT_EQ(target->query, (Query{{"model", "a b c"}, {"empty", ""}, {"bare", ""}, {"x", "1=2"}}));
}

TEST(Target, AbsoluteFormIsUnderstoodAndFragmentsAreNot) {
  EXPECT_EQ(parse_target("http://127.0.0.1:8080/healthz?a=b")->path, "/healthz");
  EXPECT_EQ(parse_target("http://host")->path, "/");
  EXPECT_EQ(parse_target("http://host?a=b")->query, (Query{{"a", "b"}}));
  EXPECT_EQ(parse_target("/a#b?c=d")->query, Query{});
  EXPECT_EQ(parse_target("/a+b")->path, "/a+b") << "a plus is a space in queries only";
}

TEST(Target, WhatIsNoAddressIsRefused) {
  for (const char* text : {"healthz", "*", "ftp://host/", "/%", "/%4", "/%zz", "/a%00b", "/a%0ab",
                           "/\x7f", "/%ff", "/?a=%c3%28", "/?%"}) {
    const auto target = parse_target(text);
    ASSERT_FALSE(target) << text;
    EXPECT_EQ(target.error().code, ErrorCode::kUsage) << text;
  }
}

TEST(Target, AParameterIsGivenAtMostOnce) {
  const auto target = parse_target("/?a=1&b=2&a=3");
  EXPECT_EQ(*target->parameter("b"), "2");
  EXPECT_EQ(*target->parameter("c"), std::nullopt);
  EXPECT_FALSE(target->parameter("a"));
}

}  // namespace
}  // namespace sermo::serve
