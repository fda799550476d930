#include "sermo/eval/enrolment.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/model/scaler.h"

namespace sermo::eval {

Result<Matrix> standardise_by_speaker(MatrixView features, std::span<const int> speakers) {
  SERMO_CHECK(features.num_rows() == speakers.size(), "one speaker a row");
  std::map<int, std::vector<size_t>> rows_of;
  for (size_t r = 0; r < speakers.size(); ++r) {
    if (speakers[r] < 0) {
      return fail(ErrorCode::kMismatch,
                  fmt::format("row {}: the speaker is unknown, so nobody can be enrolled", r));
    }
    rows_of[speakers[r]].push_back(r);
  }
  Matrix out(features.num_rows(), features.num_cols());
  for (const auto& [speaker, rows] : rows_of) {
    if (rows.size() < kMinEnrolledClips) {
      return fail(ErrorCode::kTooShort,
                  fmt::format("speaker {} has {} clips, wanted at least {} to enrol", speaker,
                              rows.size(), kMinEnrolledClips));
    }
    const Matrix own = select_rows(features, rows);
    SERMO_TRY(const model::Scaler scaler, model::Scaler::fit(own));
    Matrix scaled;
    scaler.apply(own, scaled);
    for (size_t i = 0; i < rows.size(); ++i)
      std::ranges::copy(std::as_const(scaled).row(i), out.row(rows[i]).begin());
  }
  return out;
}

}  // namespace sermo::eval
