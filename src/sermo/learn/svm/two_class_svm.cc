#include "sermo/learn/svm/two_class_svm.h"

#include <libsvm/svm.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "sermo/base/check.h"

namespace sermo::learn {
namespace {

constexpr double kTolerance = 1e-3;  // of the stopping criterion, as scikit-learn
constexpr double kCacheMebibytes = 200;

// libsvm's only global state: where its messages go. Set once, before any fit reads it.
void silence_libsvm() {
  static std::once_flag once;
  std::call_once(once, [] { svm_set_print_string_function([](const char*) {}); });
}

struct FreeModel {
  void operator()(svm_model* model) const { svm_free_and_destroy_model(&model); }
};

}  // namespace

// libsvm's form of a precomputed kernel: row r is (0, r + 1), (1, k(r, 0)), (2, k(r, 1)) ... and an
// end mark. A subset takes the rows it wants and finds its columns by their numbers.
struct TwoClassSvm::Nodes {
  std::vector<svm_node> values;
  size_t row_length;

  const svm_node* row(size_t r) const { return values.data() + r * row_length; }
};

TwoClassSvm::TwoClassSvm(std::span<const double> kernel, size_t num_rows, size_t num_positive)
    : num_rows_(num_rows), num_positive_(num_positive) {
  SERMO_CHECK(kernel.size() == num_rows * num_rows && num_positive <= num_rows,
              "a kernel value for each pair of rows");
  silence_libsvm();
  auto nodes = std::make_unique<Nodes>();
  nodes->row_length = num_rows + 2;
  nodes->values.reserve(num_rows * nodes->row_length);
  for (size_t r = 0; r < num_rows; ++r) {
    nodes->values.push_back({0, static_cast<double>(r + 1)});
    for (size_t c = 0; c < num_rows; ++c)
      nodes->values.push_back({static_cast<int>(c + 1), kernel[r * num_rows + c]});
    nodes->values.push_back({-1, 0.0});
  }
  nodes_ = std::move(nodes);
}

TwoClassSvm::~TwoClassSvm() = default;

TwoClassSolution TwoClassSvm::solve(std::span<const size_t> rows,
                                    const TwoClassOptions& options) const {
  SERMO_CHECK(std::is_sorted(rows.begin(), rows.end()), "rows of the first class come first");
  TwoClassSolution solution{.coefficients = std::vector<double>(num_rows_), .offset = 0.0};
  const auto num_positive =
      static_cast<size_t>(std::lower_bound(rows.begin(), rows.end(), num_positive_) - rows.begin());
  if (num_positive == rows.size() || num_positive == 0) {
    if (!rows.empty()) solution.offset = num_positive == 0 ? 1.0 : -1.0;
    return solution;
  }

  std::vector<double> truth(rows.size(), -1.0);
  std::fill_n(truth.begin(), num_positive, 1.0);
  std::vector<svm_node*> pointers;
  pointers.reserve(rows.size());
  // libsvm takes mutable pointers but only reads.
  for (const size_t row : rows) pointers.push_back(const_cast<svm_node*>(nodes_->row(row)));
  const svm_problem problem{
      .l = static_cast<int>(rows.size()), .y = truth.data(), .x = pointers.data()};
  std::array<int, 2> weight_labels = {1, -1};
  std::array<double, 2> weights = {options.positive_cost, options.negative_cost};
  svm_parameter parameter{};
  parameter.svm_type = C_SVC;
  parameter.kernel_type = PRECOMPUTED;
  parameter.cache_size = kCacheMebibytes;
  parameter.eps = kTolerance;
  parameter.C = 1.0;
  parameter.nr_weight = 2;
  parameter.weight_label = weight_labels.data();
  parameter.weight = weights.data();
  parameter.shrinking = 1;
  parameter.probability = 0;
  SERMO_CHECK(svm_check_parameter(&problem, &parameter) == nullptr, "libsvm takes the parameters");
  const std::unique_ptr<svm_model, FreeModel> model(svm_train(&problem, &parameter));
  for (int s = 0; s < model->l; ++s) {
    const auto position = static_cast<size_t>(model->sv_indices[s] - 1);
    solution.coefficients[rows[position]] = model->sv_coef[0][s];
  }
  solution.offset = model->rho[0];
  return solution;
}

double TwoClassSvm::decide(const TwoClassSolution& solution, size_t row) const {
  const svm_node* const kernel = nodes_->row(row) + 1;
  double sum = -solution.offset;
  for (size_t r = 0; r < num_rows_; ++r) sum += solution.coefficients[r] * kernel[r].value;
  return sum;
}

}  // namespace sermo::learn
