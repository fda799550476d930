#include "sermo/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sermo {
namespace {

namespace fs = std::filesystem;

// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  // 0, or -1 with errno: a full disk may be reported only here.
  int close() { return fd_ < 0 ? 0 : ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

std::string system_message(int error_number) { return std::strerror(error_number); }

template <typename Container>
Result<Container> read_into(const fs::path& path, size_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    return fail(
        missing ? ErrorCode::kNotFound : ErrorCode::kNotReadable,
        missing ? path.string() + ": no such file" : path.string() + ": " + system_message(errno));
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0)
    return fail(ErrorCode::kNotReadable, path.string() + ": " + system_message(errno));
  if (S_ISDIR(status.st_mode))
    return fail(ErrorCode::kNotReadable, path.string() + ": is a folder, wanted a file");
  if (!S_ISREG(status.st_mode))
    return fail(ErrorCode::kNotReadable, path.string() + ": not a regular file");
  const auto size = static_cast<size_t>(status.st_size);
  if (size > max_bytes) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("{}: {} bytes, wanted at most {}", path.string(), size, max_bytes));
  }
  Container bytes(size, typename Container::value_type{});
  size_t num_read = 0;
  while (num_read < size) {
    const ssize_t got =
        ::read(file.get(), reinterpret_cast<char*>(bytes.data()) + num_read, size - num_read);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCode::kNotReadable, path.string() + ": " + system_message(errno));
    if (got == 0) break;  // the file shrank while it was read
    num_read += static_cast<size_t>(got);
  }
  bytes.resize(num_read);
  return bytes;
}

// A name beside `path` that no other writer uses.
fs::path temporary_beside(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return path.parent_path() /
         fmt::format(".{}.{}.{}.tmp", path.filename().string(), ::getpid(), counter.fetch_add(1));
}

}  // namespace

Result<std::vector<std::byte>> read_file(const fs::path& path, size_t max_bytes) {
  return read_into<std::vector<std::byte>>(path, max_bytes);
}

Result<std::string> read_text_file(const fs::path& path, size_t max_bytes) {
  return read_into<std::string>(path, max_bytes);
}

Result<void> write_file_atomically(const fs::path& path, std::span<const std::byte> bytes) {
  return write_file_atomically(path, [&](const fs::path& temporary) -> Result<void> {
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    const auto failed = [&] {
      return fail(ErrorCode::kNotWritable, path.string() + ": " + system_message(errno));
    };
    if (file.get() < 0) return failed();
    while (!bytes.empty()) {
      const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return failed();
      bytes = bytes.subspan(static_cast<size_t>(put));
    }
    if (file.close() != 0) return failed();
    return {};
  });
}

Result<void> write_file_atomically(const fs::path& path, std::string_view text) {
  return write_file_atomically(path, std::as_bytes(std::span(text)));
}

Result<void> write_file_atomically(const fs::path& path,
                                   const std::function<Result<void>(const fs::path&)>& write) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error)
    return fail(ErrorCode::kNotWritable,
                fmt::format("{}: {}", path.parent_path().string(), error.message()));
  const fs::path temporary = temporary_beside(path);
  Result<void> written = write(temporary);
  if (written) {
    fs::rename(temporary, path, error);
    if (!error) return {};
    written = fail(ErrorCode::kNotWritable, fmt::format("{}: {}", path.string(), error.message()));
  }
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return written;
}

}  // namespace sermo
