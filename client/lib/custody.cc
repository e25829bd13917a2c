#include "client/lib/custody.h"

#include <tuple>

#include "client/lib/errors.h"

namespace alcove::client {
namespace {

auto Order(const google::type::Date& day) { return std::tuple(day.year(), day.month(), day.day()); }

bool IsEvidence(const OpenedEntry& entry) {
  const bool evidence = entry.entry.kind() == v1::ENTRY_KIND_EVIDENCE;
  return evidence || (entry.entry.kind() != v1::ENTRY_KIND_CUSTODY && !entry.attachments().empty());
}

bool SameHashes(const OpenedEntry& evidence, const sealed::v1::Custody& step) {
  if (evidence.attachments().size() != step.sha256_size()) return false;
  for (int i = 0; i < step.sha256_size(); ++i) {
    if (evidence.attachments()[i].sha256() != step.sha256(i)) return false;
  }
  return true;
}

void Check(EvidenceTrail& trail) {
  const sealed::v1::Custody* before = nullptr;
  for (size_t i = 0; i < trail.steps.size(); ++i) {
    const sealed::v1::Custody& step = trail.steps[i]->message->custody();
    const std::string which = "step " + std::to_string(i + 1);
    if (!SameHashes(*trail.evidence, step)) trail.faults.push_back(which + ": the files had other hashes then");
    if (before != nullptr && step.from() != before->holder()) {
      trail.faults.push_back(which + ": it comes from `" + step.from() + "`, but `" + before->holder() + "` had it");
    }
    if (before != nullptr && Order(step.since()) < Order(before->since())) {
      trail.faults.push_back(which + ": it is from before the step that it follows");
    }
    before = &step;
  }
}

}  // namespace

Trails TrailsOf(const std::vector<OpenedEntry>& thread, const std::vector<OpenedEntry>& team) {
  Trails all;
  for (const auto* entries : {&thread, &team}) {
    for (const OpenedEntry& entry : *entries) {
      if (IsEvidence(entry)) all.trails.push_back({&entry, {}, {}});
    }
  }
  for (const OpenedEntry& entry : team) {
    if (!entry.message || !entry.message->has_custody()) continue;
    EvidenceTrail* found = nullptr;
    for (EvidenceTrail& trail : all.trails) {
      if (trail.evidence->entry.name() == entry.message->custody().evidence()) found = &trail;
    }
    if (found == nullptr) {
      all.strays.push_back(&entry);
    } else {
      found->steps.push_back(&entry);
    }
  }
  for (EvidenceTrail& trail : all.trails) Check(trail);
  return all;
}

absl::StatusOr<const EvidenceTrail*> TrailOf(const Trails& trails, const std::string& prefix) {
  const EvidenceTrail* found = nullptr;
  for (const EvidenceTrail& trail : trails.trails) {
    const std::string& name = trail.evidence->entry.name();
    if (!name.starts_with(prefix) && !name.substr(name.rfind('/') + 1).starts_with(prefix)) continue;
    if (found != nullptr) return Refuse(Refusal::kInputInvalid, "several pieces of evidence begin with `" + prefix + "`");
    found = &trail;
  }
  if (found == nullptr) return absl::NotFoundError("no evidence of this case begins like this");
  return found;
}

sealed::v1::Message NextStep(const EvidenceTrail& trail, const std::string& holder, const std::string& from,
                             const std::string& place, const std::string& condition, const google::type::Date& since) {
  sealed::v1::Message message;
  sealed::v1::Custody& step = *message.mutable_custody();
  step.set_evidence(trail.evidence->entry.name());
  for (const sealed::v1::Attachment& file : trail.evidence->attachments()) step.add_sha256(file.sha256());
  step.set_holder(holder);
  step.set_from(trail.steps.empty() || !from.empty() ? from : trail.steps.back()->message->custody().holder());
  *step.mutable_since() = since;
  step.set_place(place);
  step.set_condition(condition);
  return message;
}

}  // namespace alcove::client
