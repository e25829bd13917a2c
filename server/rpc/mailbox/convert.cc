#include "server/rpc/mailbox/convert.h"

#include "crypto/format/ids.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {

void Fill(const cases::MailboxView& view, v1::GetMailboxResponse* out) {
  out->set_case_(format::CaseName(view.case_id));
  out->set_state(ToProto(view.state));
  SetDay(view.filed, out->mutable_filed());
  for (const clocks::Deadline& deadline : view.deadlines) SetDeadline(deadline, out->add_deadlines());
  for (const cases::EpochView& epoch : view.epochs) SetEpoch(epoch, out->add_epochs());
  for (const cases::ReleasedGrant& grant : view.grants) SetGrant(grant, out->add_grants());
  for (const cases::ReaderView& reader : view.readers) SetReader(reader, out->add_readers());
  out->set_etag(view.etag);
  out->set_thread_head(view.thread_head.str());
  out->set_thread_length(view.thread_length);
  out->set_leaf_head(view.leaf_head.str());
  out->set_leaf_count(view.leaf_count);
  out->set_withdrawn(view.withdrawn);
}

}  // namespace alcove::rpc
