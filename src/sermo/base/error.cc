#include "sermo/base/error.h"

#include "sermo/base/check.h"

namespace sermo {

ErrorTraits error_traits(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
      return {"usage", 2, 400};
    case ErrorCode::kNotFound:
      return {"not_found", 3, 404};
    case ErrorCode::kNotReadable:
      return {"not_readable", 3, 422};
    case ErrorCode::kNotWritable:
      return {"not_writable", 3, 500};
    case ErrorCode::kCorrupt:
      return {"corrupt", 4, 422};
    case ErrorCode::kUnsupported:
      return {"unsupported", 4, 422};
    case ErrorCode::kTooShort:
      return {"too_short", 4, 422};
    case ErrorCode::kTooLong:
      return {"too_long", 4, 413};
    case ErrorCode::kTooLarge:
      return {"too_large", 4, 413};
    case ErrorCode::kSilent:
      return {"silent", 4, 422};
    case ErrorCode::kNotFinite:
      return {"not_finite", 4, 422};
    case ErrorCode::kMismatch:
      return {"mismatch", 5, 422};
    case ErrorCode::kCancelled:
      return {"cancelled", 1, 503};
    case ErrorCode::kUnavailable:
      return {"unavailable", 1, 503};
    case ErrorCode::kInternal:
      return {"internal", 70, 500};
  }
  SERMO_CHECK(false, "an ErrorCode outside the list");
}

}  // namespace sermo
