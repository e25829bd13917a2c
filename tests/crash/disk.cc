#include "tests/crash/disk.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "tests/support/server_process.h"

namespace alcove::crash {
namespace {

constexpr unsigned long kShutdown = 0x8004587d;      // EXT4_IOC_SHUTDOWN
constexpr std::uint32_t kWithoutFlushingTheLog = 2;  // EXT4_GOING_FLAGS_NOLOGFLUSH
constexpr off_t kImageBytes = off_t{1} << 30;        // sparse

}  // namespace

Disk::Disk(std::string image, std::string path, std::string log)
    : image_(std::move(image)), path_(std::move(path)), log_(std::move(log)) {}

std::unique_ptr<Disk> Disk::Make(const std::string& folder, std::string* why) {
  if (geteuid() != 0) {
    *why = "only root may mount";
    return nullptr;
  }
  std::unique_ptr<Disk> disk(new Disk(folder + "/disk.img", folder + "/disk", folder + "/disk.log"));
  mkdir(disk->path_.c_str(), 0700);
  const int image = open(disk->image_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool made = image >= 0 && ftruncate(image, kImageBytes) == 0;
  close(image);
  if (!made || support::Run({"mkfs.ext4", "-q", "-F", disk->image_}, disk->log_) != 0) {
    *why = "no ext4 image can be made";
    return nullptr;
  }
  if (!disk->PowerOn()) {
    *why = "no loop device can be mounted";
    return nullptr;
  }
  return disk;
}

Disk::~Disk() {
  if (mounted_) support::Run({"umount", path_}, log_);
}

bool Disk::PowerOff() {
  const int root = open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::uint32_t how = kWithoutFlushingTheLog;
  const bool off = root >= 0 && ioctl(root, kShutdown, &how) == 0;
  close(root);
  return off;
}

bool Disk::PowerOn() {
  if (mounted_ && support::Run({"umount", path_}, log_) != 0) return false;
  mounted_ = support::Run({"mount", "-o", "loop", image_, path_}, log_) == 0;
  return mounted_;
}

}  // namespace alcove::crash
