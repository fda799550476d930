// Runs a fuzz target once over every file of the folders (or the files) that it is given, where the
// compiler has no libFuzzer. Fails when there is nothing to run.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

namespace fs = std::filesystem;

void run(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  size_t num_inputs = 0;
  for (int i = 1; i < argc; ++i) {
    if (fs::is_regular_file(argv[i])) {
      run(argv[i]);
      ++num_inputs;
    } else {
      for (const fs::directory_entry& entry : fs::directory_iterator(argv[i])) {
        if (!entry.is_regular_file()) continue;
        run(entry.path());
        ++num_inputs;
      }
    }
  }
  std::printf("%zu inputs, none crashed\n", num_inputs);
  return num_inputs > 0 ? 0 : 1;
}
