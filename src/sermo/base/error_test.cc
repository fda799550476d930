#include "sermo/base/error.h"

#include <gtest/gtest.h>

#include <set>

namespace sermo {
namespace {

constexpr ErrorCode kAll[] = {
    ErrorCode::kUsage,       ErrorCode::kNotFound,    ErrorCode::kNotReadable,
    ErrorCode::kNotWritable, ErrorCode::kCorrupt,     ErrorCode::kUnsupported,
    ErrorCode::kTooShort,    ErrorCode::kTooLong,     ErrorCode::kTooLarge,
    ErrorCode::kSilent,      ErrorCode::kNotFinite,   ErrorCode::kMismatch,
    ErrorCode::kCancelled,   ErrorCode::kUnavailable, ErrorCode::kInternal};

TEST(Error, EveryCodeHasItsOwnNameAndPlausibleStatuses) {
  std::set<std::string_view> names;
  for (ErrorCode code : kAll) {
    const ErrorTraits traits = error_traits(code);
    EXPECT_TRUE(names.insert(traits.name).second) << traits.name;
    EXPECT_NE(traits.exit_status, 0) << traits.name;
    EXPECT_GE(traits.http_status, 400) << traits.name;
    EXPECT_LT(traits.http_status, 600) << traits.name;
  }
}

TEST(Error, ExitStatusesFollowTheDocumentedTable) {
  EXPECT_EQ(error_traits(ErrorCode::kUsage).exit_status, 2);
  EXPECT_EQ(error_traits(ErrorCode::kNotFound).exit_status, 3);
  EXPECT_EQ(error_traits(ErrorCode::kSilent).exit_status, 4);
  EXPECT_EQ(error_traits(ErrorCode::kMismatch).exit_status, 5);
  EXPECT_EQ(error_traits(ErrorCode::kInternal).exit_status, 70);
}

TEST(Error, InPutsThePlaceBeforeTheMessage) {
  EXPECT_EQ((Error{ErrorCode::kSilent, "all samples are zero"}.in("a.wav").message),
            "a.wav: all samples are zero");
}

}  // namespace
}  // namespace sermo
