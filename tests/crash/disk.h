// A disk whose power can be cut: ext4 on a loop file, and the shutdown ioctl that drops everything not yet on the disk,
// the journal included. Root only.
#pragma once

#include <memory>
#include <string>

namespace alcove::crash {

class Disk {
 public:
  // Makes and mounts one at `folder`/disk; null where that is not possible, with the reason in `why`.
  static std::unique_ptr<Disk> Make(const std::string& folder, std::string* why);
  // Unmounts.
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  const std::string& path() const { return path_; }
  // From now on every write fails and nothing that was not synced will be there again. Whoever has files open must be
  // ended before PowerOn.
  bool PowerOff();
  // Mounts what is left.
  bool PowerOn();

 private:
  Disk(std::string image, std::string path, std::string log);
  const std::string image_;
  const std::string path_;
  const std::string log_;
  bool mounted_ = false;
};

}  // namespace alcove::crash
