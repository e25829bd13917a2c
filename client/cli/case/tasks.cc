#include "client/cli/case/tasks.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/cli/case/tasks_text.h"
#include "client/cli/frame/staff_sign_in.h"
#include "client/lib/errors.h"

namespace alcove::cli {
namespace {

struct TasksOptions {
  StaffOptions staff;
  int every_seconds = 60;
  int times = 0;  // 0: until stopped
};

absl::Status Tasks(Frame& frame, const TasksOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::vector<v1::Task> tasks, member->desk().ListTasks());
  if (frame.json()) {
    v1::ListTasksResponse response;
    for (const v1::Task& task : tasks) *response.add_tasks() = task;
    frame.PrintJson(response);
  } else {
    frame.terminal().Print(tasks.empty() ? "There is nothing to do.\n" : TaskTable(tasks, member->keys().slug));
  }
  return absl::OkStatus();
}

absl::StatusOr<Glance> Look(client::StaffDesk& desk) {
  ALCOVE_CLIENT_ASSIGN(const std::vector<v1::Case> cases, desk.ListCases());
  ALCOVE_CLIENT_ASSIGN(const std::vector<v1::Task> tasks, desk.ListTasks());
  return GlanceAt(cases, tasks);
}

// A session is short; a watch is not. Keys stay unlocked in memory, so nobody is asked again.
absl::StatusOr<Glance> LookAgain(StaffMember& member, crypto::Random& random) {
  absl::StatusOr<Glance> glance = Look(member.desk());
  if (client::ReasonOf(glance.status()) != "SESSION_REQUIRED") return glance;
  ALCOVE_CLIENT_ASSIGN(client::StaffDesk desk,
                       client::StaffDesk::SignIn(member.connection(), member.directory(), member.keys(), random));
  member.desk() = std::move(desk);
  return Look(member.desk());
}

absl::Status Watch(Frame& frame, const TasksOptions& options) {
  if (frame.json()) return client::Refuse(client::Refusal::kInputInvalid, "a watch has no --json; use `alcove case tasks`");
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(Glance before, Look(member->desk()));
  frame.terminal().Print(GlanceText(before));
  bool out_of_reach = false;
  for (int time = 1; options.times == 0 || time < options.times; ++time) {
    std::this_thread::sleep_for(std::chrono::seconds(options.every_seconds));
    absl::StatusOr<Glance> now = LookAgain(*member, frame.random());
    if (client::Is(now.status(), client::Refusal::kServerUnreachable)) {
      if (!out_of_reach) frame.terminal().Say("The server cannot be reached; looking again.");
      out_of_reach = true;
      continue;
    }
    if (!now.ok()) return now.status();
    out_of_reach = false;
    frame.terminal().Print(NewsText(before, *now));
    before = *std::move(now);
  }
  return absl::OkStatus();
}

}  // namespace

void AddTasks(CLI::App& noun, Frame& frame) {
  const auto options = std::make_shared<TasksOptions>();
  CLI::App* tasks = noun.add_subcommand("tasks", "List what there is to do on your cases, the earliest day first");
  AddStaffOptions(*tasks, options->staff);
  tasks->callback([&frame, options] { frame.End(Tasks(frame, *options)); });
  CLI::App* watch = noun.add_subcommand("watch", "Keep looking, and say what is new without naming any case");
  AddStaffOptions(*watch, options->staff);
  watch->add_option("--every", options->every_seconds, "Seconds between two looks")->check(CLI::Range(1, 86400));
  watch->add_option("--times", options->times, "Stop after so many looks; 0 goes on")->check(CLI::Range(0, 1000000));
  watch->callback([&frame, options] { frame.End(Watch(frame, *options)); });
}

}  // namespace alcove::cli
