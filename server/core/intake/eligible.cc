#include "server/core/intake/eligible.h"

#include <algorithm>

#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/intake/errors.h"

namespace alcove::intake {
namespace {

constexpr std::size_t kMaxCategories = 8;

void AddLines(const std::vector<const people::Person*>& chosen, grants::Purpose purpose,
              format::ReleaseCondition condition, std::vector<grants::Holder>& holders) {
  for (const people::Person* person : chosen) {
    const bool known = std::any_of(holders.begin(), holders.end(),
                                   [&](const grants::Holder& holder) { return holder.staff == person->slug; });
    if (known) continue;
    for (const people::Device& device : person->devices) {
      grants::Holder& holder = holders.emplace_back();
      holder.staff = person->slug;
      holder.key_id = device.encryption_key_id;
      holder.purpose = purpose;
      holder.condition = condition;
    }
  }
}

void EraseWhoMayNotRead(const people::Organisation& organisation, const access::Wall& wall,
                     std::vector<const people::Person*>& people) {
  std::erase_if(people, [&](const people::Person* person) {
    return person->devices.empty() || !access::MayRead(organisation, *person, wall);
  });
}

std::vector<crypto::Digest> SortedTags(const std::vector<access::Named>& all) {
  std::vector<crypto::Digest> tags;
  for (const access::Named& named : all) tags.push_back(named.tag);
  std::sort(tags.begin(), tags.end());
  return tags;
}

}  // namespace

absl::StatusOr<people::Facts> CheckFacts(const people::Organisation& organisation, people::Facts facts) {
  if (organisation.taxonomy() == nullptr || organisation.routing() == nullptr || organisation.form() == nullptr ||
      organisation.profiles() == nullptr)
    return IntakeClosed();
  if (facts.categories.empty() || facts.categories.size() > kMaxCategories)
    return base::FieldInvalid("facts.categories");
  for (const std::string& category : facts.categories) {
    if (!organisation.taxonomy()->Knows("category", category)) return CodeUnknown();
    if (std::count(facts.categories.begin(), facts.categories.end(), category) != 1)
      return base::FieldInvalid("facts.categories");
  }
  std::sort(facts.categories.begin(), facts.categories.end());
  if (!facts.site.empty() && !organisation.routing()->KnowsSite(facts.site)) return CodeUnknown();
  if (!organisation.form()->Speaks(facts.language)) return base::FieldInvalid("facts.language");
  if (facts.language.empty()) facts.language = organisation.form()->first_language();
  const people::Profile* profile = organisation.profiles()->Find(facts.jurisdiction);
  if (profile == nullptr) return base::FieldInvalid("facts.jurisdiction");
  facts.jurisdiction = profile->id;
  return facts;
}

Eligible EligibleFor(const people::Organisation& organisation, const std::string& desk, const access::Wall& wall) {
  Eligible eligible{organisation.MembersOf(desk), organisation.With(people::Role::kEscalation),
                    organisation.With(people::Role::kFallback)};
  std::erase_if(eligible.fallbacks, [](const people::Person* person) { return !person->outside; });
  EraseWhoMayNotRead(organisation, wall, eligible.desk);
  EraseWhoMayNotRead(organisation, wall, eligible.escalation);
  EraseWhoMayNotRead(organisation, wall, eligible.fallbacks);
  return eligible;
}

std::vector<const people::Person*> DrawMembers(const std::vector<const people::Person*>& desk, std::size_t count,
                                               const people::Facts& facts, const access::Wall& wall,
                                               const crypto::SymmetricKey& key) {
  format::ByteWriter question(512);
  question.Short("alcove draw v1");
  for (const std::string& category : facts.categories) question.Short(category);
  question.Short(facts.site).U8(facts.immediate_danger ? 1 : 0).Short(facts.language).Short(facts.jurisdiction);
  for (const crypto::Digest& tag : SortedTags(wall.subjects)) question.Fixed(tag);
  question.U8(0);
  for (const crypto::Digest& tag : SortedTags(wall.kept_out)) question.Fixed(tag);
  const crypto::Digest asked = crypto::KeyedBlake2b256(key, question.bytes());

  std::vector<std::pair<crypto::Digest, const people::Person*>> ranked;
  for (const people::Person* person : desk)
    ranked.emplace_back(
        crypto::KeyedBlake2b256(key, format::ByteWriter(80).Fixed(asked).Raw(person->slug.text()).bytes()), person);
  std::sort(ranked.begin(), ranked.end());
  std::vector<const people::Person*> drawn;
  for (std::size_t i = 0; i < ranked.size() && i < count; ++i) drawn.push_back(ranked[i].second);
  return drawn;
}

std::vector<grants::Holder> LinesOf(const Eligible& chosen, format::ReleaseCondition desk) {
  std::vector<grants::Holder> holders;
  AddLines(chosen.desk, grants::Purpose::kDesk, desk, holders);
  AddLines(chosen.escalation, grants::Purpose::kEscalation, format::ReleaseCondition::kLapsed, holders);
  AddLines(chosen.fallbacks, grants::Purpose::kFallback, format::ReleaseCondition::kFallback, holders);
  return holders;
}

}  // namespace alcove::intake
