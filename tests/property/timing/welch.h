// Are two samples from one distribution? Welch's t-test, on everything and on what lies below some percentiles, as dudect
// does it (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?", 2017): interrupts make a long tail that hides a
// small shift, and a crop takes the tail away. The largest |t| counts.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace alcove::timing {

// One measurement: which of the two classes, and how long.
struct Sample {
  bool first = false;
  double nanoseconds = 0;
};

// Welford's running mean and variance.
class Moments {
 public:
  void Add(double value) {
    ++count_;
    const double delta = value - mean_;
    mean_ += delta / static_cast<double>(count_);
    squares_ += delta * (value - mean_);
  }
  std::size_t count() const { return count_; }
  double mean() const { return mean_; }
  double variance() const { return count_ < 2 ? 0 : squares_ / static_cast<double>(count_ - 1); }

 private:
  std::size_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

inline double WelchT(const Moments& a, const Moments& b) {
  const double spread =
      a.variance() / static_cast<double>(a.count()) + b.variance() / static_cast<double>(b.count());
  return spread > 0 ? (a.mean() - b.mean()) / std::sqrt(spread) : 0;
}

// Takes away what the machine was like at the moment: from every measurement the median of the kBlock measurements it stands
// among, of whichever class. A neighbour that slows the core down for a while slows both classes, and is no leak.
inline constexpr std::size_t kBlock = 32;

inline void Level(std::vector<Sample>& samples) {
  std::vector<double> block;
  for (std::size_t from = 0; from < samples.size(); from += kBlock) {
    const std::size_t to = std::min(samples.size(), from + kBlock);
    block.clear();
    for (std::size_t i = from; i < to; ++i) block.push_back(samples[i].nanoseconds);
    const auto middle = block.begin() + static_cast<std::ptrdiff_t>(block.size() / 2);
    std::nth_element(block.begin(), middle, block.end());
    for (std::size_t i = from; i < to; ++i) samples[i].nanoseconds -= *middle;
  }
}

struct Verdict {
  double t = 0;           // the largest |t| of all crops
  double shift = 0;       // means of the first class minus those of the second, nanoseconds, in that crop
  double percentile = 1;  // of that crop; 1: nothing was cropped
};

// A crop in which a class has fewer than this many measurements is not judged.
inline constexpr std::size_t kFewest = 500;

inline Verdict Compare(std::vector<Sample> samples) {
  Level(samples);
  std::vector<double> sorted;
  sorted.reserve(samples.size());
  for (const Sample& sample : samples) sorted.push_back(sample.nanoseconds);
  std::sort(sorted.begin(), sorted.end());
  Verdict worst;
  for (const double percentile : {1.0, 0.99, 0.95, 0.9, 0.75, 0.5, 0.25}) {
    const double limit = sorted.empty() ? 0 : sorted[static_cast<std::size_t>(percentile * static_cast<double>(sorted.size() - 1))];
    Moments first;
    Moments second;
    for (const Sample& sample : samples)
      if (sample.nanoseconds <= limit) (sample.first ? first : second).Add(sample.nanoseconds);
    if (first.count() < kFewest || second.count() < kFewest) continue;
    const double t = std::abs(WelchT(first, second));
    if (t > worst.t) worst = {t, first.mean() - second.mean(), percentile};
  }
  return worst;
}

}  // namespace alcove::timing
