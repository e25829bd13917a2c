#!/usr/bin/env python3
"""Proves that layering.py can fail: every rule has a tree with one seeded violation, and a twin that must pass.

usage: controls.py [NAME]   (without a name: all; the last line says how many)
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

# name: (file that must fail, line in it, what the checker says, file where the same line must pass or None)
CONTROLS = {
    "only_crypto_includes_sodium": ("server/core/cases/x.cc", "#include <sodium.h>", "may not include <sodium>", "crypto/x.cc"),
    "format_goes_through_crypto": ("crypto/format/x.cc", "#include <sodium/crypto_box.h>", "may not include <sodium>", "crypto/x.cc"),
    "client_goes_through_crypto": ("client/lib/x.cc", "#include <sodium.h>", "may not include <sodium>", "crypto/x.cc"),
    "tests_go_through_crypto": ("tests/server/core/cases/x.cc", "#include <sodium.h>", "may not include <sodium>", "tests/crypto/x.cc"),
    "server_never_sees_inside_envelopes": ("server/rpc/intake/x.cc", '#include "alcove/sealed/v1/sealed.pb.h"', "may not include <sealed>", "client/lib/x.cc"),
    "app_never_sees_inside_envelopes": ("server/app/x.cc", '#include "alcove/sealed/v1/sealed.pb.h"', "may not include <sealed>", "client/lib/x.cc"),
    "server_never_names_sealed_types": ("server/app/x.cc", "alcove::sealed::v1::Report r;", "must not stand here", "client/lib/x.cc"),
    "core_has_no_grpc": ("server/core/intake/x.cc", "#include <grpcpp/grpcpp.h>", "may not include <grpc>", "server/rpc/intake/x.cc"),
    "core_has_no_rocksdb": ("server/core/ledger/x.cc", "#include <rocksdb/db.h>", "may not include <rocksdb>", "server/storage/rocks_x.cc"),
    "core_has_no_protobuf": ("server/core/base/x.h", "#include <google/protobuf/message.h>", "may not include <protobuf>", "server/storage/x.h"),
    "core_has_no_spdlog": ("server/core/grants/x.cc", "#include <spdlog/spdlog.h>", "may not include <spdlog>", "server/app/event_log.cc"),
    "core_has_no_contract": ("server/core/cases/x.cc", '#include "alcove/v1/resources.pb.h"', "may not include <contract>", "server/rpc/intake/x.cc"),
    "core_has_no_files": ("server/core/people/x.cc", "#include <fstream>", "may not include <io>", "server/storage/x.cc"),
    "core_has_no_clock": ("server/core/clocks/x.cc", "auto now = std::chrono::system_clock::now();", "must not stand here", "server/app/x.cc"),
    "core_does_not_sleep": ("server/core/base/x.cc", "std::this_thread::sleep_for(d);", "must not stand here", "server/app/x.cc"),
    "only_people_parses_json": ("server/core/intake/x.cc", "#include <nlohmann/json.hpp>", "may not include <json>", "server/core/people/x.cc"),
    "only_the_event_log_logs": ("server/app/x.cc", "#include <spdlog/spdlog.h>", "may not include <spdlog>", "server/app/event_log.cc"),
    "rpc_does_not_log": ("server/rpc/intake/x.cc", "#include <spdlog/spdlog.h>", "may not include <spdlog>", "server/app/event_log.cc"),
    "rpc_does_not_print": ("server/rpc/intake/x.cc", 'std::cerr << "x";', "must not stand here", "client/cli/report/x.cc"),
    "only_rocks_files_name_rocksdb": ("server/storage/sealed_rows.cc", "#include <rocksdb/db.h>", "may not include <rocksdb>", "server/storage/rocks_rows.cc"),
    "app_does_not_name_rocksdb": ("server/app/x.cc", "#include <rocksdb/db.h>", "may not include <rocksdb>", "server/storage/rocks_rows.cc"),
    "only_storage_sees_rows": ("server/rpc/intake/x.cc", '#include "alcove/storage/v1/rows.pb.h"', "may not include <storage>", "server/storage/x.cc"),
    "app_does_not_see_rows": ("server/app/x.cc", '#include "alcove/storage/v1/rows.pb.h"', "may not include <storage>", "server/storage/x.cc"),
    "rpc_goes_through_the_journal": ("server/rpc/intake/x.cc", '#include "server/storage/journal.h"', "may not include server/storage", "server/app/x.cc"),
    "arrows_point_down_in_core": ("server/core/ledger/x.h", '#include "server/core/cases/cases.h"', "may not include server/core/cases", "server/core/intake/x.h"),
    "arrows_point_down_to_crypto": ("crypto/x.h", '#include "server/core/base/ids.h"', "may not include server/core/base", "server/core/ledger/x.h"),
    "client_knows_no_server": ("client/lib/x.cc", '#include "server/core/base/ids.h"', "may not include server/core/base", "server/rpc/intake/x.cc"),
    "server_knows_no_client": ("server/rpc/intake/x.cc", '#include "client/lib/connection.h"', "may not include client/lib", "client/cli/report/x.cc"),
    "the_library_knows_no_command_line": ("client/lib/x.cc", "#include <CLI/CLI.hpp>", "may not include <cli>", "client/cli/report/x.cc"),
    "services_know_nothing_of_each_other": ("server/rpc/mailbox/x.cc", '#include "server/rpc/cases/convert.h"', "may not include server/rpc/cases", "server/app/x.cc"),
    "commands_know_nothing_of_each_other": ("client/cli/staff/x.cc", '#include "client/cli/report/report.h"', "may not include client/cli/report", "client/cli/main/x.cc"),
    "no_relative_includes": ("crypto/x.cc", '#include "x.h"', "top of the tree", None),
    "no_unknown_library": ("server/app/x.cc", "#include <boost/asio.hpp>", "of no class", None),
    "no_room_outside_the_table": ("server/extra/x.cc", "int x;", "belongs to no room", None),
    "no_hidden_include": ("server/rpc/intake/x.cc", "  #  include <sodium.h>  // on its way", "may not include <sodium>", "crypto/x.cc"),
}

TABLE_CONTROLS = {
    "no_arrow_up_in_the_table": ("class <std> = string\nlow | <std> high\nhigh | <std>\n", "neither a class nor a room above it"),
    "no_room_twice": ("class <std> = string\nlow | <std>\nlow | <std>\n", "has two rows"),
    "no_unread_line": ("class <std> = string\nlow may use <std>\n", "neither class, row nor nowhere"),
}


def checked(tree, *arguments):
    done = subprocess.run([sys.executable, os.path.join(HERE, "layering.py"), *arguments, tree],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def with_file(path, line):
    tree = tempfile.TemporaryDirectory()
    place = os.path.join(tree.name, path)
    os.makedirs(os.path.dirname(place))
    with open(place, "w", encoding="utf-8") as file:
        file.write(f"// #include <sodium.h> in a comment is nothing\n#include <string>\n{line}\n")
    return tree


def failures_of(name):
    if name in TABLE_CONTROLS:
        text, said = TABLE_CONTROLS[name]
        with tempfile.TemporaryDirectory() as tree:
            rooms = os.path.join(tree, "rooms.txt")
            with open(rooms, "w", encoding="utf-8") as file:
                file.write(text)
            status, output = checked(tree, "--rooms", rooms)
        return [] if status == 1 and said in output else [f"{name}: exit {status}: {output}"]
    path, line, said, twin = CONTROLS[name]
    failures = []
    with with_file(path, line) as tree:
        status, output = checked(tree)
        if status != 1 or f"{path}:" not in output or said not in output:
            failures.append(f"{name}: the seeded violation passed, exit {status}: {output}")
    if twin:
        with with_file(twin, line) as tree:
            status, output = checked(tree)
            if status != 0:
                failures.append(f"{name}: what is allowed was refused, exit {status}: {output}")
    return failures


def main():
    names = sys.argv[1:] or [*CONTROLS, *TABLE_CONTROLS]
    failures = [failure for name in names for failure in failures_of(name)]
    for failure in failures:
        print(failure)
    print(f"layering controls: {len(names)} rules, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
