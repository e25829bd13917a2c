// Files one report with the client library at the Impostor, step by step, so that a test can break any step.
#pragma once

#include <gtest/gtest.h>

#include "client/lib/documents.h"
#include "client/lib/filing.h"
#include "client/lib/mailbox.h"
#include "client/lib/plan.h"
#include "tests/client/lib/impostor.h"

namespace alcove::client::test {

inline const format::Day kToday = *format::Day::FromText("2026-11-21");

struct Reporter {
  explicit Reporter(Impostor& service) : impostor(service), connection(service.Connect()) {
    input.facts.add_categories("bullying");
    report.set_narrative("He shouts at the trainees.");
    report.set_disclosure(sealed::v1::DISCLOSURE_ANONYMOUS);
  }

  // A subject by e-mail address, tagged.
  absl::Status Name(const std::string& address) {
    NamedPerson person = ParsePerson(address);
    ALCOVE_CLIENT_ASSIGN(const Intake intake, FetchIntake(*connection, directory, ""));
    ALCOVE_CLIENT_TRY(ComputeTags(*connection, intake.limits, {&person}, crypto::SystemRandom()));
    sealed::v1::Person& row = *report.add_subjects();
    if (person.identifier) row.set_identifier(person.identifier->text());
    if (person.tag) row.set_tag(person.tag->str());
    input.subjects.push_back(std::move(person));
    return absl::OkStatus();
  }

  absl::Status Start() {
    ALCOVE_CLIENT_ASSIGN(directory, FetchDirectory(*connection, nullptr, kToday));
    return absl::OkStatus();
  }
  absl::Status Plan() {
    ALCOVE_CLIENT_ASSIGN(plan, RequestPlan(*connection, directory, 0, input));
    return absl::OkStatus();
  }
  absl::Status Submit() {
    ALCOVE_CLIENT_ASSIGN(SealedReport sealed, SealReport(*connection, plan, report, identity ? &*identity : nullptr, blobs,
                                                         receipt, kToday, crypto::SystemRandom()));
    ALCOVE_CLIENT_ASSIGN(filed, client::Submit(*connection, directory, 0, sealed, kToday));
    return absl::OkStatus();
  }
  absl::Status File() {
    ALCOVE_CLIENT_TRY(Start());
    ALCOVE_CLIENT_TRY(Plan());
    return Submit();
  }
  absl::StatusOr<MailboxVisit> Visit() {
    return MailboxVisit::Begin(*connection, directory, receipt, crypto::SystemRandom());
  }

  Impostor& impostor;
  std::unique_ptr<Connection> connection;
  CheckedDirectory directory;
  PlanInput input;
  CheckedPlan plan;
  sealed::v1::Report report;
  std::optional<sealed::v1::Identity> identity;
  std::vector<v1::BlobName> blobs;
  crypto::Receipt receipt = crypto::Receipt::Draw(crypto::SystemRandom());
  Filed filed;
};

inline std::string Reason(const absl::Status& status) { return status.ok() ? "OK" : ReasonOf(status); }

}  // namespace alcove::client::test
