// The rows of the store and the keys they stand under. This is the whole list: no other row exists.
//
//   table        key                                          scope  holds
//   kFormat      -                                            kek    format number, organisation, store key (storage's own)
//   kCaseKey     case16                                       kek    the case's at-rest key (storage's own)
//   kOrganisation -                                           store  current directory version, policy versions
//   kDirectory   version4                                     store  a published directory, the note as received
//   kPolicy      document1 version4                           store  a published policy document, the note as received
//   kChartHead   -                                            store  version and size of the chart
//   kChartPage   page4                                        store  512 employees: ids, tags, edges
//   kSync        sync16                                       store  a sync of the chart that was begun
//   kSyncPage    sync16 page4                                 store  a page of it: tags of people, never numbers
//   kCase        case16                                       case   state, facts, plan, assignment, heads, deadlines
//   kEntry       case16 keyring1 sequence4                    case   one sealed entry
//   kEpoch       case16 keyring1 number4                      case   an epoch record with its grants and their release
//   kIdentity    case16                                       case   the sealed identity of a confidential reporter
//   kCaseLeaf    case16 number4                               case   the opening of a leaf of the case's chain
//   kHistory     case16 number4                               case   a staff act shown in the case's history only
//   kBlob        blob16                                       store  which case and entry name it, size, received
//   kBlobPart    case16 blob16 part4                          case   one part of a blob, 128 KiB but for the last
//   kMailbox     mailbox16                                    store  case id and the mailbox's public keys
//   kMembership  slug case16                                  store  this person was ever given something of this case
//   kRequest     request-hash32                               store  digest of the request, day, answer where staff
//   kApproval    case16 approval16                            case   what was asked, decisions, how it ended
//   kApprovalOf  slug approval16                              store  this person asked for the approval or may decide it
//   kAllegation  case16 allegation16                          case   what is alleged and found, in codes
//   kMeasure     case16 measure16                             case   kind, owner, last day, state
//   kLeaf        leaf-hash32                                  memory where a leaf stands in the tree; dummy leaves too
//   kTile        level1 index8                                store  a tile of up to 256 hashes of the ledger's tree
//   kTree        -                                            store  size, root and newest hashes of the tree
//   kCheckpoint  size8                                        store  a published checkpoint, the note as signed
//   kPublished   -                                            store  which checkpoint is the newest
//   kOpening     leaf-hash32                                  store  content and salt of a leaf that belongs to no case
//   kRefusal     slug                                         store  the last minute with a refusal on the ledger
//   kGroup       -                                            store  number of the newest commit group (storage's own)
//   kClock       -                                            store  the time that was last seen, and whether it leapt
//   kMail        -                                            store  day of the newest mail, and to whom it is still owed
//   kClockApproval approval16                                 store  a request to confirm the clock; concerns no case
//   kDoomed      case16                                       store  what of the case is to go, and why; read by nobody meanwhile
//   kTombstone   case16                                       store  what is left of a case that was shredded
//   kAdverseAction action16                                   store  what HR plans against an employee, sealed to officers
//   kNewestAction employee16                                  store  which action about this employee is the newest
//   kUndecidedAction visible4 action16                        store  an action that waits for a verdict
//   kProtectionRequest request16                              store  somebody asked for protection: day and letter
//   kSpentToken  nullifier32                                  store  a token that was spent: kind and quarter, not on what
//   kTokensDrawn quarter4 kind1 employee16                    store  how many tokens were issued to this employee
//   kEscrowRoll  employee16                                   store  which escrowed reports name this employee
//   kMeasureOrder order16                                     store  what HR is to do, sealed to HR; days, state, answer; names no case
//   kOrderOrigin order16                                      store  which case and measure the order is from
//
// Integers are big-endian, so rows scan in their order. `slug` is one length byte and the characters; storage replaces it
// by 16 bytes of keyed hash, so that keys on disk name nobody. A *scope* says under which key the row's value is sealed:
// `case` rows begin with the case id and die with the case's key. A row of scope `memory` follows from others and is not on
// disk: it is there for who reads, and writing it writes nothing. Number 69 is taken (server/storage/newborn.h).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace alcove::base {

// The number is the first byte of the key on disk: never reuse one.
enum class Table : std::uint8_t {
  kFormat = 1,
  kCaseKey = 2,
  kOrganisation = 3,
  kDirectory = 4,
  kPolicy = 5,
  kChartHead = 6,
  kChartPage = 7,
  kSync = 8,
  kSyncPage = 9,
  kCase = 16,
  kEntry = 17,
  kEpoch = 18,
  kIdentity = 19,
  kCaseLeaf = 20,
  kHistory = 21,
  kBlob = 22,
  kBlobPart = 23,
  kMailbox = 24,
  kMembership = 25,
  kRequest = 26,
  kApproval = 27,
  kApprovalOf = 28,
  kAllegation = 29,
  kMeasure = 30,
  kLeaf = 32,
  kTile = 33,
  kTree = 34,
  kCheckpoint = 35,
  kPublished = 36,
  kOpening = 37,
  kRefusal = 38,
  kGroup = 39,
  kClock = 40,
  kMail = 41,
  kClockApproval = 42,
  kDoomed = 45,
  kTombstone = 48,
  kAdverseAction = 57,
  kNewestAction = 58,
  kUndecidedAction = 59,
  kProtectionRequest = 60,
  kSpentToken = 61,
  kTokensDrawn = 62,
  kEscrowRoll = 64,
  kMeasureOrder = 67,
  kOrderOrigin = 68,
};

// Under which key a row's value is sealed.
enum class Scope : std::uint8_t {
  kStore,   // the store's key
  kCase,    // the key of the case whose 16 bytes begin the row key
  kKek,     // the key-encryption key itself
  kMemory,  // none: no such row is on disk
};

// Where a staff slug stands in the key.
enum class SlugPlace : std::uint8_t { kNone, kFirst };

struct TableTraits {
  Table table;
  std::string_view name;
  Scope scope;
  SlugPlace slug;
  std::uint8_t key_size;  // bytes beside the slug
};

inline constexpr std::array kTables = {
    TableTraits{Table::kFormat, "format", Scope::kKek, SlugPlace::kNone, 0},
    TableTraits{Table::kCaseKey, "case-key", Scope::kKek, SlugPlace::kNone, 16},
    TableTraits{Table::kOrganisation, "organisation", Scope::kStore, SlugPlace::kNone, 0},
    TableTraits{Table::kDirectory, "directory", Scope::kStore, SlugPlace::kNone, 4},
    TableTraits{Table::kPolicy, "policy", Scope::kStore, SlugPlace::kNone, 5},
    TableTraits{Table::kChartHead, "chart-head", Scope::kStore, SlugPlace::kNone, 0},
    TableTraits{Table::kChartPage, "chart-page", Scope::kStore, SlugPlace::kNone, 4},
    TableTraits{Table::kSync, "sync", Scope::kStore, SlugPlace::kNone, 16},
    TableTraits{Table::kSyncPage, "sync-page", Scope::kStore, SlugPlace::kNone, 20},
    TableTraits{Table::kCase, "case", Scope::kCase, SlugPlace::kNone, 16},
    TableTraits{Table::kEntry, "entry", Scope::kCase, SlugPlace::kNone, 21},
    TableTraits{Table::kEpoch, "epoch", Scope::kCase, SlugPlace::kNone, 21},
    TableTraits{Table::kIdentity, "identity", Scope::kCase, SlugPlace::kNone, 16},
    TableTraits{Table::kCaseLeaf, "case-leaf", Scope::kCase, SlugPlace::kNone, 20},
    TableTraits{Table::kHistory, "history", Scope::kCase, SlugPlace::kNone, 20},
    TableTraits{Table::kBlob, "blob", Scope::kStore, SlugPlace::kNone, 16},
    TableTraits{Table::kBlobPart, "blob-part", Scope::kCase, SlugPlace::kNone, 36},
    TableTraits{Table::kMailbox, "mailbox", Scope::kStore, SlugPlace::kNone, 16},
    TableTraits{Table::kMembership, "membership", Scope::kStore, SlugPlace::kFirst, 16},
    TableTraits{Table::kRequest, "request", Scope::kStore, SlugPlace::kNone, 32},
    TableTraits{Table::kApproval, "approval", Scope::kCase, SlugPlace::kNone, 32},
    TableTraits{Table::kApprovalOf, "approval-of", Scope::kStore, SlugPlace::kFirst, 16},
    TableTraits{Table::kAllegation, "allegation", Scope::kCase, SlugPlace::kNone, 32},
    TableTraits{Table::kMeasure, "measure", Scope::kCase, SlugPlace::kNone, 32},
    TableTraits{Table::kLeaf, "leaf", Scope::kMemory, SlugPlace::kNone, 32},
    TableTraits{Table::kTile, "tile", Scope::kStore, SlugPlace::kNone, 9},
    TableTraits{Table::kTree, "tree", Scope::kStore, SlugPlace::kNone, 0},
    TableTraits{Table::kCheckpoint, "checkpoint", Scope::kStore, SlugPlace::kNone, 8},
    TableTraits{Table::kPublished, "published", Scope::kStore, SlugPlace::kNone, 0},
    TableTraits{Table::kOpening, "opening", Scope::kStore, SlugPlace::kNone, 32},
    TableTraits{Table::kRefusal, "refusal", Scope::kStore, SlugPlace::kFirst, 0},
    TableTraits{Table::kGroup, "group", Scope::kStore, SlugPlace::kNone, 0},
    TableTraits{Table::kClock, "clock", Scope::kStore, SlugPlace::kNone, 0},
    TableTraits{Table::kMail, "mail", Scope::kStore, SlugPlace::kNone, 0},
    TableTraits{Table::kClockApproval, "clock-approval", Scope::kStore, SlugPlace::kNone, 16},
    TableTraits{Table::kDoomed, "doomed", Scope::kStore, SlugPlace::kNone, 16},
    TableTraits{Table::kTombstone, "tombstone", Scope::kStore, SlugPlace::kNone, 16},
    TableTraits{Table::kAdverseAction, "adverse-action", Scope::kStore, SlugPlace::kNone, 16},
    TableTraits{Table::kNewestAction, "newest-action", Scope::kStore, SlugPlace::kNone, 16},
    TableTraits{Table::kUndecidedAction, "undecided-action", Scope::kStore, SlugPlace::kNone, 20},
    TableTraits{Table::kProtectionRequest, "protection-request", Scope::kStore, SlugPlace::kNone, 16},
    TableTraits{Table::kSpentToken, "spent-token", Scope::kStore, SlugPlace::kNone, 32},
    TableTraits{Table::kTokensDrawn, "tokens-drawn", Scope::kStore, SlugPlace::kNone, 21},
    TableTraits{Table::kEscrowRoll, "escrow-roll", Scope::kStore, SlugPlace::kNone, 16},
    TableTraits{Table::kMeasureOrder, "measure-order", Scope::kStore, SlugPlace::kNone, 16},
    TableTraits{Table::kOrderOrigin, "order-origin", Scope::kStore, SlugPlace::kNone, 16},
};

// The traits of a table of the list; null for a number that is none of them.
constexpr const TableTraits* TraitsOf(Table table) {
  for (const TableTraits& traits : kTables)
    if (traits.table == table) return &traits;
  return nullptr;
}

}  // namespace alcove::base
